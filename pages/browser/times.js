// The times that the module, the SDK and the server have to agree on. The Go tests read this file.

/** Seconds before a token's end at which the SDK asks for the next one. With less left, it asks in a loop. */
export const SDK_LEAD = 60;
/** A token with no more seconds than these is not given to the SDK. */
export const LEAST = 65;
/** A running tour renews its token itself below these seconds, because the SDK's timer is late after sleep. */
export const LATE = 50;
/** A plain link is replaced these seconds before its token ends. */
export const SWAP = 45;

/** The longest life of a token that is believed, in seconds. More would overflow the SDK's timer. */
export const DAY = 86_400;
/** Milliseconds for one request. */
export const TRY = 15_000;
/** Milliseconds for one handshake with Showcase, to begin with. */
export const HANDSHAKE = 60_000;
/** No handshake takes longer, in milliseconds. */
export const HANDSHAKE_MOST = 480_000;
/** Milliseconds of a handshake if other spaces of the page wait for theirs. */
export const TURN = 10_000;
/** Milliseconds after which the visitor is told what retrying does not heal. */
export const PATIENCE = 10_000;
/** Milliseconds to wait for another tab. */
export const LOCK = 3000;
/** The longest Retry-After that is obeyed, in milliseconds. */
export const RETRY_MOST = 120_000;
/** Milliseconds between two questions while there is no stream that tells. */
export const WATCH = 40_000;
/** Milliseconds before a stream that has ended is opened again. */
export const RECONNECT = 3000;
/** Milliseconds without a word after which a stream counts as broken. The server says something every 25 seconds. */
export const QUIET = 130_000;
