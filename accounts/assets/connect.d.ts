/**
 * The browser side of connecting Matterport accounts, for pages of the host's own.
 *
 *     import { connectAccount, choose } from "/pme/connect/connect.js";
 *     button.onclick = async () => {
 *       const connection = await connectAccount({ label: "Main account" });
 *       const models = await choose({ connection });
 *     };
 *
 * A page that calls choose has to allow the model selector's origin in its Content-Security-Policy (frame-src).
 * Access tokens are kept in memory, and go to the selector in the address of its frame: Matterport wants them
 * there. Pages of another origin have to be on the server's list, and cannot delete connections.
 */

/**
 * Besides the error codes of the server, such as `reconnect_required`, `not_connected` and `several_connections`:
 *
 * - `cancelled`: the person has closed the window or the dialog;
 * - `popup_blocked`: the browser opens no popup; call connectAccount in a click handler;
 * - `transient`: it may work if tried again.
 */
export class ConnectError extends Error {
  readonly code: string;
  /** A sentence for the person where the server has said one; otherwise the code. */
  readonly message: string;
  readonly cause?: unknown;
}

export interface Where {
  /** Where the connections are, such as "/pme/connect/". Default: beside this module. */
  endpoint?: string;
  /** The connection's ID. Default, but for {@link connectAccount} and {@link deleteAccount}: the only one there is. */
  connection?: string;
}

/**
 * Opens a popup that says what is asked for, and then goes to Matterport. Resolves to the connection's ID when the
 * account is connected. With `connection`, that one is connected again; without it, a new one is, called `label`.
 * Everything that waits for it goes on, such as `<pme-space endpoint="/pme/connect/">`.
 */
export function connectAccount(options?: Where & { label?: string }): Promise<string>;

/** Words, and what the selector allows: several spaces, and all at once. Both are allowed by default. */
export interface ChooseOptions extends Where {
  multiselect?: boolean;
  approveAll?: boolean;
  /** Names the dialog. Default: "Choose spaces". */
  title?: string;
  /** Default: "Close". */
  close?: string;
}

/**
 * Shows Matterport's model selector in a dialog (classes `pme-dialog` and `pme-selector`; give its frame a size).
 * Resolves to the IDs of the chosen models, or to "*" for all of the account.
 */
export function choose(options?: ChooseOptions): Promise<string[] | "*">;

/**
 * Gives a connection another name, of at most 100 characters that can be seen. An empty one takes the name away. A page of
 * another origin cannot do it.
 */
export function renameAccount(options: Where & { label: string }): Promise<void>;

/** Deletes a connection. The permission at Matterport stays; its owner can withdraw it there. */
export function deleteAccount(options: Where & { connection: string }): Promise<void>;
