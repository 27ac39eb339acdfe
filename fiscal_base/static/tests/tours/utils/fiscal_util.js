/** The register light shows `health` and at most nothing in the queue. */
export function registerIs(health) {
    return [
        {
            content: `the register is ${health}`,
            trigger: `.fiscal-light[data-health="${health}"]`,
        },
    ];
}

/** The receipt on the screen is registered, with a number and a QR code. */
export function receiptIsRegistered({ test = false, link = false } = {}) {
    const steps = [
        {
            content: "the fiscal receipt is registered",
            trigger: `.receipt-screen .fiscal-receipt[data-state="done"] .fiscal-number:not(:empty)`,
        },
        {
            content: "its QR code is a picture",
            trigger: `.receipt-screen .fiscal-receipt img.fiscal-qr[src^="data:image"]`,
        },
    ];
    if (test) {
        steps.push({
            content: "a test is marked as such",
            trigger: `.receipt-screen .fiscal-receipt .fiscal-test:contains("TEST, not fiscal")`,
        });
    }
    if (link) {
        steps.push({
            content: "the page of the receipt is on it",
            trigger: `.receipt-screen .fiscal-receipt .fiscal-url:contains("http")`,
        });
    }
    return steps;
}

export function receiptIsPending() {
    return [
        {
            content: "the fiscal receipt is pending",
            trigger: ".receipt-screen .fiscal-receipt .fiscal-pending",
        },
    ];
}

export function receiptIsOfReturn() {
    return [
        {
            content: "the receipt is one of a return",
            trigger: `.receipt-screen .fiscal-receipt:contains("SALE RETURN")`,
        },
    ];
}

/** Do something outside the till: a control address of an emulated service, for example. */
export function call(url, body) {
    return [
        {
            content: `call ${url}`,
            trigger: "body",
            async run() {
                const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
                if (!response.ok) {
                    throw new Error(`${url} answered ${response.status}`);
                }
            },
        },
    ];
}
