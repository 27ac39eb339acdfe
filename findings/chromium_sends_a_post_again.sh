#!/usr/bin/env bash
# Chromium sends a POST of `fetch` again by itself when a connection that was kept from an earlier request ends after the
# server has read the request and before a byte of the answer came. The page sees one request and one answer. A page that
# lets a card terminal or a fiscal register on localhost work so can charge a card, or print a receipt, twice. On a fresh
# connection, and after an answer with `Connection: close`, it does not.
# Seen: Chromium 150 to 156 as Debian 12 packages it, playwright-core 1.49.1 from npm, 29 November 2026. Needs Node.js and
# Debian's package chromium.
set -euo pipefail
command -v chromium >/dev/null || { echo "Install Debian's package chromium first."; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts playwright-core@1.49.1
cat > seen.mjs <<'NODE'
import assert from "node:assert";
import net from "node:net";
import { chromium } from "playwright-core";

const posts = [];
/** A server that keeps connections, and once reads a POST and ends the connection without an answer. */
const server = net.createServer((socket) => {
    let data = "";
    socket.on("error", () => {});
    socket.on("data", (part) => {
        data += part;
        const [head, body] = data.split("\r\n\r\n", 2);
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (body === undefined || body.length < length) {
            return;
        }
        data = "";
        if (head.startsWith("POST")) {
            posts.push(body);
            if (body.startsWith("lost") && posts.filter((post) => post === body).length === 1) {
                return socket.destroy();
            }
        }
        const close = head.includes("/close");
        socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n${close ? "Connection: close\r\n" : ""}\r\nOK`);
        if (close) {
            socket.end();
        }
    });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
console.log("Chromium", browser.version());
const post = (page, path, body) =>
    page.evaluate(
        ([path, body]) =>
            fetch(path, { method: "POST", body }).then(
                (response) => response.status,
                (error) => error.message
            ),
        [path, body]
    );
try {
    const page = await browser.newPage();
    await page.goto(origin);
    await post(page, "/", "before");
    const kept = await post(page, "/", "lost on a kept connection");
    await post(page, "/close", "before");
    const fresh = await post(page, "/", "lost on a fresh connection");
    const times = (body) => posts.filter((post) => post === body).length;
    console.log("kept connection: the page sees", kept, "the server has read it", times("lost on a kept connection"), "times");
    console.log("fresh connection: the page sees", fresh, "the server has read it", times("lost on a fresh connection"), "times");
    assert.equal(times("lost on a kept connection"), 2);
    assert.equal(kept, 200);
} finally {
    await browser.close();
    server.close();
}
NODE
node seen.mjs
