// The lines of loop.py, for Node.
"use strict";
const fs = require("node:fs");
const readline = require("node:readline");

function cpuSeconds() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
}

function answer(value) {
    process.stdout.write(JSON.stringify(value) + "\n");
}

async function serve(render, records) {
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

function run(render, recordsFile) {
    serve(render, JSON.parse(fs.readFileSync(recordsFile, "utf8"))).catch((error) => {
        console.error(error);
        process.exit(1);
    });
}

module.exports = { run };
