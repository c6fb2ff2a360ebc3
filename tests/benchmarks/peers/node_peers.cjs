// Fill in contracts with one of the Node libraries: `node node_peers.cjs NAME TEMPLATE RECORDS`, in the folder where npm
// installed them. Obeys the lines of loop.py. Each library is used in its fastest documented way.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");
const { run } = require("./loop.cjs");
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

const [name, template, recordsFile] = process.argv.slice(2);
run(PEERS[name](fs.readFileSync(template)), recordsFile);
