// Fill in contracts with one of the Node libraries: `node node_peers.cjs NAME TEMPLATE RECORDS`, in the folder where npm
// installed them. Obeys the same lines as python_peers.py. Each library is used in its fastest documented way.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const { createRequire } = require("node:module");
const load = createRequire(path.join(process.cwd(), "package.json"));

const PEERS = {
    docxtemplater(content) {
        const PizZip = load("pizzip");
        const Docxtemplater = load("docxtemplater");
        // A Docxtemplater object can be rendered once only, so each document needs a new one.
        return (record) =>
            new Docxtemplater(new PizZip(content), { paragraphLoop: true, linebreaks: true })
                .render(record)
                .toBuffer({ compression: "DEFLATE" });
    },
    "easy-template-x"(content) {
        const { TemplateHandler } = load("easy-template-x");
        const handler = new TemplateHandler();
        return (record) => handler.process(content, record);
    },
    "docx-templates"(content) {
        const { createReport } = load("docx-templates");
        return (record) => createReport({ template: content, data: record, noSandbox: true });
    },
};

function cpuSeconds() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
}

function answer(value) {
    process.stdout.write(JSON.stringify(value) + "\n");
}

async function main(name, template, recordsFile) {
    const records = JSON.parse(fs.readFileSync(recordsFile, "utf8"));
    const render = PEERS[name](fs.readFileSync(template));
    const first = await render(records[0]);
    answer({ cold_s: cpuSeconds(), bytes: first.length });
    let done = 0;
    for await (const line of readline.createInterface({ input: process.stdin })) {
        const [command, ...rest] = line.split(" ");
        if (command === "round") {
            const begin = cpuSeconds();
            for (let n = 0; n < Number(rest[0]); n++) await render(records[done++ % records.length]);
            answer({ cpu_s: cpuSeconds() - begin });
        } else if (command === "write") {
            const content = await render(records[Number(rest[0])]);
            fs.writeFileSync(rest[1], content);
            answer({ bytes: content.length });
        } else {
            answer({ peak_kb: process.resourceUsage().maxRSS });
        }
    }
}

main(...process.argv.slice(2)).catch((error) => {
    console.error(error);
    process.exit(1);
});
