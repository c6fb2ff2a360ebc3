// Make invoices as PDF with pdfmake: `node pdf_node_peers.cjs pdfmake FOLDER RECORDS`, in the folder where npm installed it.
// Obeys the lines of loop.py. Fonts are registered once; the picture goes in as a data address, read once.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");
const { run } = require("./loop.cjs");
const load = createRequire(path.join(process.cwd(), "package.json"));

const MM = 72 / 25.4;
const [MUTED, ACCENT] = ["#666666", "#b5651d"];
const PLAIN = {
    hLineWidth: () => 0, vLineWidth: () => 0, paddingLeft: () => 0, paddingRight: () => 0,
    paddingTop: () => 0, paddingBottom: () => 2,
};
const LINES = {
    hLineWidth: (at) => (at === 0 ? 0 : at === 1 ? 0.75 : 0.25), vLineWidth: () => 0,
    hLineColor: (at) => (at === 1 ? ACCENT : "#cccccc"),
    paddingLeft: () => 0, paddingRight: (at) => (at === 4 ? 0 : 6), paddingTop: () => 3, paddingBottom: () => 3,
};
const SUMS = {
    hLineWidth: (at, node) => (at === node.table.body.length - 1 ? 0.75 : 0), vLineWidth: () => 0, hLineColor: () => ACCENT,
    paddingLeft: () => 0, paddingRight: () => 0, paddingTop: () => 2, paddingBottom: () => 2,
};

function pdfmake(folder) {
    const library = load("pdfmake");
    const words = JSON.parse(fs.readFileSync(path.join(folder, "fixed.json"), "utf8"));
    const face = (name) => path.join(folder, "fonts", `SourceSans3-${name}.ttf`);
    library.setFonts({ SourceSans3: { normal: face("Regular"), bold: face("Semibold") } });
    library.setUrlAccessPolicy(() => false);
    library.setLocalAccessPolicy(() => true);
    const logo = `data:image/png;base64,${fs.readFileSync(path.join(folder, "logo.png")).toString("base64")}`;
    const at = (x, y) => ({ x: x * MM, y: y * MM });
    const right = (text) => ({ text, alignment: "right" });
    const muted = (text) => ({ text, color: MUTED });
    const rule = (color, lineWidth) => ({
        canvas: [{ type: "line", x1: 0, y1: 0, x2: 165 * MM, y2: 0, lineWidth, lineColor: color }],
    });
    const letterhead = (record) => [
        { image: logo, width: 37.5 * MM, height: 15 * MM, absolutePosition: at(25, 12) },
        { text: words.company, bold: true, fontSize: 13, absolutePosition: at(70, 17) },
        { ...rule(ACCENT, 0.75), absolutePosition: at(25, 31) },
        { text: words.sender, fontSize: 7, color: MUTED, absolutePosition: at(25, 47) },
        {
            stack: [record.name, record.contact, record.street, record.city], fontSize: 10, absolutePosition: at(25, 53),
        },
        {
            table: {
                widths: [35 * MM, 30 * MM],
                body: ["number", "date", "customer"].map((name) => [muted(words[`label_${name}`]), right(record[name])]),
            },
            layout: PLAIN, absolutePosition: at(125, 53),
        },
    ];
    // The footer begins where the margin of 28 mm does.
    const footer = (page) => ({
        margin: [25 * MM, 4 * MM, 20 * MM, 0],
        stack: [
            rule("#999999", 0.25),
            {
                margin: [0, 3, 0, 0], fontSize: 7,
                columns: [
                    { width: 125 * MM, stack: [words.foot_company, words.foot_bank, words.foot_law] },
                    { width: 40 * MM, text: `Page ${page}`, color: MUTED, alignment: "right" },
                ],
            },
        ],
    });
    const head = ["pos", "text", "quantity", "price", "amount"].map((name, column) => ({
        text: words[`head_${name}`], bold: true, alignment: column > 1 ? "right" : "left",
    }));
    const row = (line) => [muted(line.pos), line.text, right(line.quantity), right(line.price), right(line.amount)];
    return (record) =>
        library
            .createPdf({
                pageSize: "A4",
                pageMargins: [25 * MM, 81 * MM, 20 * MM, 28 * MM],
                info: { title: `Invoice ${record.number}` },
                defaultStyle: { font: "SourceSans3", fontSize: 9, color: "#222222", lineHeight: 0.964 },
                header: () => letterhead(record),
                footer,
                content: [
                    { text: words.title, bold: true, fontSize: 17, margin: [0, 0, 0, 4] },
                    { text: words.lead, margin: [0, 0, 0, 8] },
                    {
                        // Widths of pdfmake are without padding.
                        table: {
                            headerRows: 1,
                            widths: [10 * MM - 6, 85 * MM - 6, 20 * MM - 6, 25 * MM - 6, 25 * MM],
                            body: [head, ...record.lines.map(row)],
                        },
                        layout: LINES, margin: [0, 0, 0, 8],
                    },
                    {
                        unbreakable: true,
                        stack: [
                            {
                                table: {
                                    widths: [50 * MM, 30 * MM],
                                    body: [
                                        [muted(words.label_net), right(record.net)],
                                        [muted(words.label_tax), right(record.tax)],
                                        [
                                            { text: words.label_total, bold: true, fontSize: 11 },
                                            { text: record.total, bold: true, fontSize: 11, alignment: "right" },
                                        ],
                                    ],
                                },
                                layout: SUMS, margin: [85 * MM, 0, 0, 8],
                            },
                            words.note,
                        ],
                    },
                ],
            })
            .getBuffer();
}

const [name, folder, recordsFile] = process.argv.slice(2);
run({ pdfmake }[name](folder), recordsFile);
