import { expect, test } from "@odoo/hoot";
import { Scan, faultOf, normalizeMarkingCode, pieceOf } from "@fiscal_base/app/utils/marking_code";
import { keysOf } from "@fiscal_base/../tests/scanner";
import { CASES } from "@fiscal_base/../tests/unit/utils/marking_cases";

const CODE = "010460708021818721aB&,;/?:.S's\"\u001d91EE06\u001d92Zm9v+YmFy/XV4==_-!%*()<>";

/** What a scan types into a field, `pause` milliseconds from key to key. */
function typed(keys, pause = 1) {
    const scan = new Scan();
    const value = keys.map(({ up, ...key }, index) => {
        const event = { timeStamp: index * pause, ...key };
        return up ? scan.release(event) : scan.press(event);
    });
    return scan.read(value.join(""));
}

test("what is scanned, typed or pasted becomes a code, or says why it is none", () => {
    for (const { why, given, code, fault, country } of CASES) {
        expect([why, normalizeMarkingCode(given)]).toEqual([why, code]);
        expect([why, faultOf(code, country)]).toEqual([why, fault]);
    }
});

for (const layout of ["us", "ru", "ua"]) {
    for (const separator of ["ctrl", "f8", "alt"]) {
        test(`layout ${layout}, separator by ${separator}`, () => {
            const value = typed(keysOf(CODE, { layout, separator }));
            expect(normalizeMarkingCode(value)).toBe(CODE);
        });
    }
}

test("Alt with another number is no separator", () => {
    const keys = ["Numpad0", "Numpad3", "Numpad0"].map((code) => ({ code, altKey: true }));
    expect(typed([...keys, { key: "Alt", up: true }])).toBe("");
    expect(typed([{ key: "Alt", up: true }])).toBe("");
});

test("shortcuts are left to the browser", () => {
    const held = { code: "KeyV", key: "v" };
    for (const modifier of ["ctrlKey", "altKey", "metaKey"]) {
        expect(typed([{ ...held, [modifier]: true }])).toBe("");
    }
});

test("a stamp of paper that a person types has the letters that are seen, a scanned one those that are meant", () => {
    const keys = keysOf("ABCD123456", { layout: "ua" });
    expect(typed(keys, 5)).toBe("ABCD123456");
    expect(typed(keys, 120)).toBe("ФИСВ123456");
    const wrong = [...keysOf("X", { layout: "ua" }), { code: "Backspace", key: "Backspace" }];
    const scan = new Scan();
    [...wrong, ...keys].forEach((key, index) => scan.press({ ...key, timeStamp: 120 * index }));
    expect(scan.read("ABCD123456")).toBe("ФИСВ123456");
});

test("a piece is known with and without its check code", () => {
    expect(pieceOf(CODE)).toBe(CODE.slice(0, 31));
    expect(pieceOf(pieceOf(CODE))).toBe(CODE.slice(0, 31));
    expect(pieceOf("04606203084180JgSRZbVABKJzKJX")).toBe("04606203084180JgSRZbVABKJzKJX");
});
