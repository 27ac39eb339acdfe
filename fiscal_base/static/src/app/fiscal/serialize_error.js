/** One line about an error for the console, whatever was thrown. */
export function serializeError(error) {
    return error?.data?.message || error?.message || String(error);
}
