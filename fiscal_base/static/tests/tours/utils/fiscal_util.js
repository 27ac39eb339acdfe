/* global posmodel */

/** Milliseconds that a step gives a lane to register a receipt, on a busy machine too. */
const LANE = 60000;

/** The register light shows `health`. */
export function registerIs(health) {
    return [
        {
            content: `the register is ${health}`,
            trigger: `.fiscal-light[data-health="${health}"]`,
        },
    ];
}

/** Receipts wait in the queue of the register, as its light shows. */
export function receiptsWait(number) {
    return [
        {
            content: `${number} in the queue`,
            trigger: `.fiscal-light .fiscal-unsent:contains(/^${number}$/)`,
        },
    ];
}

/** Open the explanation of the register light. */
export function clickLight() {
    return [{ content: "ask the register light", trigger: ".fiscal-light", run: "click" }];
}

/** The light is there to be seen and to be touched, not pushed out of a small screen. */
export function lightIsOnTheScreen() {
    return [
        {
            content: "the whole light is on the screen",
            trigger: ".fiscal-light",
            run({ anchor }) {
                const { left, right, top, bottom } = anchor.getBoundingClientRect();
                const { innerWidth, innerHeight } = window;
                if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) {
                    throw new Error(`It stands at ${left}–${right} of ${innerWidth}.`);
                }
            },
        },
    ];
}

/** The receipt on the screen is registered, with a number and a QR code. */
export function receiptIsRegistered({ test = false, link = false } = {}) {
    const steps = [
        {
            content: "the fiscal receipt is registered",
            trigger: `.receipt-screen .fiscal-receipt[data-state="done"] .fiscal-number:not(:empty)`,
            timeout: LANE,
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

export function receiptIsRefused() {
    return [
        {
            content: "the fiscal receipt is not registered",
            trigger: `.receipt-screen .fiscal-receipt[data-state="rejected"] .fiscal-rejected`,
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

/** The cashier is told of a refused receipt, and why. */
export function refusalIsTold(reason) {
    return [
        {
            content: "the refusal is told",
            trigger: `.o_notification.fiscal-refused:contains("${reason}")`,
        },
    ];
}

export function tryAgain() {
    return [
        {
            content: "try again",
            trigger: ".o_notification.fiscal-refused button:contains(Try again)",
            run: "click",
        },
    ];
}

/** From now on the printer only notes what it is given. */
export function watchPrinter() {
    return [
        {
            content: "watch the printer",
            trigger: "body",
            run() {
                posmodel.fiscalPrinted = [];
                posmodel.printer.print = async (component, { order }) => {
                    posmodel.fiscalPrinted.push(
                        ...order.fiscalReceipts.map((receipt) => receipt.state)
                    );
                    return true;
                };
            },
        },
    ];
}

/** The printer has been given receipts in these states, no more and no less. */
export function printed(...states) {
    return [
        {
            content: `printed: ${states}`,
            trigger: "body",
            async run() {
                const until = Date.now() + 10000;
                while (posmodel.fiscalPrinted.length < states.length && Date.now() < until) {
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
                // time for one too many
                await new Promise((resolve) => setTimeout(resolve, 1000));
                if (posmodel.fiscalPrinted.join() !== states.join()) {
                    throw new Error(`Printed: ${posmodel.fiscalPrinted}`);
                }
            },
        },
    ];
}

export function pause(seconds) {
    return [
        {
            content: `wait ${seconds} s`,
            trigger: "body",
            run: () => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
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
