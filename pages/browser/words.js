// What the element says, in English. The attribute "strings" replaces any of it.

/** @type {Record<string, string>} */
export const WORDS = {
  play: "Open the space",
  opening: "Opening the space…",
  slow: "The space takes longer than usual to open…",
  waiting: "Connection interrupted. Trying again…",
  unavailable: "This space cannot be shown at the moment. Please tell the people who run this site.",
  ending: "Your access to this space ends shortly.",
  login_required: "You are signed out.",
  reconnect_required: "This space's Matterport account has to be connected.",
  access_denied: "You do not have access to this space.",
  withdrawn: "You no longer have access to this space.",
  model_not_found: "This space is no longer available.",
  invalid_request: "There is no such space.",
  failed: "This space cannot be opened.",
  broken: "A part of the viewer could not be loaded. Reload this page to try again.",
  sign_in: "Sign in",
  connect: "Connect",
  again: "Try again",
  reload: "Reload",
};

/** The codes that end an attempt. What is not among them is tried again. */
export const FINAL = ["login_required", "reconnect_required", "access_denied", "model_not_found", "invalid_request", "failed"];
