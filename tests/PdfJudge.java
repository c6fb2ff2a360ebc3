import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.logging.LogManager;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.*;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.*;
import org.verapdf.pdfa.validation.profiles.*;
import org.w3c.dom.*;

/**
 * Judges PDF files by veraPDF until its input ends.
 *
 * Each line of input is: flavour TAB path. The answer is one line per broken rule (clause TAB count TAB description TAB
 * message), then a line of one dot. The jar has veraPDF's engine and profiles but nothing that could read them, so this
 * class builds the profiles from their XML.
 */
public class PdfJudge {
    private static final Map<PDFAFlavour, ValidationProfile> PROFILES = new HashMap<>();
    private static final Map<PDFAFlavour, String> FILES = Map.of(
        PDFAFlavour.PDFA_3_A, "PDFA-3A", PDFAFlavour.PDFA_3_B, "PDFA-3B", PDFAFlavour.PDFUA_1, "PDFUA-1");

    public static void main(String[] arguments) throws Exception {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err); // whatever the engine prints must not come between the answers
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            String[] parts = line.split("\t", 2);
            try {
                judge(PDFAFlavour.byFlavourId(parts[0]), new File(parts[1]), answers);
            } catch (Exception | StackOverflowError failure) {
                answers.println("unreadable\t1\t" + oneLine(failure) + "\t");
            }
            answers.println(".");
        }
    }

    private static void judge(PDFAFlavour flavour, File file, PrintStream answers) throws Exception {
        VeraPDFFoundry foundry = Foundries.defaultInstance();
        try (PDFAParser parser = foundry.createParser(file, flavour);
                PDFAValidator validator = foundry.createValidator(profile(flavour), false)) {
            ValidationResult result = validator.validate(parser);
            Map<RuleId, String> messages = new HashMap<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                messages.putIfAbsent(assertion.getRuleId(), assertion.getMessage());
            }
            Map<String, String> lines = new TreeMap<>();
            for (Map.Entry<RuleId, Integer> failed : result.getFailedChecks().entrySet()) {
                RuleId id = failed.getKey();
                String clause = id.getClause() + "-" + id.getTestNumber();
                String description = profile(flavour).getRuleByRuleId(id).getDescription();
                lines.put(clause, failed.getValue() + "\t" + oneLine(description) + "\t" + oneLine(messages.get(id)));
            }
            if (lines.isEmpty() && !result.isCompliant()) {
                lines.put("unjudged", "1\tnot compliant, and no rule says why\t");
            }
            lines.forEach((clause, rest) -> answers.println(clause + "\t" + rest));
        }
    }

    private static ValidationProfile profile(PDFAFlavour flavour) throws Exception {
        if (!PROFILES.containsKey(flavour)) {
            PROFILES.put(flavour, read(flavour));
        }
        return PROFILES.get(flavour);
    }

    private static ValidationProfile read(PDFAFlavour flavour) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        String name = "org/verapdf/pdfa/validation/" + FILES.get(flavour) + ".xml";
        Element root;
        try (InputStream xml = PdfJudge.class.getClassLoader().getResourceAsStream(name)) {
            root = factory.newDocumentBuilder().parse(xml).getDocumentElement();
        }
        Set<Rule> rules = new LinkedHashSet<>();
        for (Element rule : children(child(root, "rules"), "rule")) {
            rules.add(rule(rule));
        }
        Set<Variable> variables = new LinkedHashSet<>();
        for (Element one : children(child(root, "variables"), "variable")) {
            variables.add(Profiles.variableFromValues(
                one.getAttribute("name"), one.getAttribute("object"), text(one, "defaultValue"), text(one, "value")));
        }
        ProfileDetails details = Profiles.profileDetailsFromValues(flavour.getId(), "", "", new Date(0));
        return Profiles.profileFromValues(flavour, details, "", rules, variables);
    }

    private static Rule rule(Element rule) {
        Element id = child(rule, "id");
        Element error = child(rule, "error");
        List<ErrorArgument> arguments = new ArrayList<>();
        for (Element one : children(child(error, "arguments"), "argument")) {
            arguments.add(ErrorArgumentImpl.fromValues(one.getTextContent().trim(), attribute(one, "name"), null));
        }
        RuleId ruleId = Profiles.ruleIdFromValues(
            PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
            id.getAttribute("clause"), Integer.parseInt(id.getAttribute("testNumber")));
        Boolean deferred = rule.getAttribute("deferred").equals("true") ? Boolean.TRUE : null;
        return Profiles.ruleFromValues(
            ruleId, rule.getAttribute("object"), deferred, attribute(rule, "tags"), text(rule, "description"),
            text(rule, "test"), Profiles.errorFromValues(text(error, "message"), arguments), new ArrayList<>());
    }

    private static String attribute(Element element, String name) {
        return element.hasAttribute(name) ? element.getAttribute(name) : null;
    }

    private static String text(Element parent, String name) {
        Element found = child(parent, name);
        return found == null ? "" : found.getTextContent().trim();
    }

    private static Element child(Element parent, String name) {
        List<Element> found = children(parent, name);
        return found.isEmpty() ? null : found.get(0);
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node node = parent == null ? null : parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element && name.equals(node.getLocalName())) {
                found.add((Element) node);
            }
        }
        return found;
    }

    private static String oneLine(Object text) {
        return String.valueOf(text).replaceAll("\\s+", " ").trim();
    }
}
