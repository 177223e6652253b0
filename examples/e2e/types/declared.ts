// The sources do what the declarations say: they export the same names, and fit the declared types.
import * as declared from "@go-pme/pme";
import * as sources from "../../../pages/browser/pme.js";

type Names<T> = keyof T;
const all: Names<typeof sources> extends Names<typeof declared> ? Names<typeof declared> extends Names<typeof sources> ? true : never : never = true;

const functions: Pick<typeof declared, "configure" | "createFetcher" | "define" | "signIn"> = sources;

type Space = InstanceType<typeof sources.PMESpace>;
type Reflected = "model" | "endpoint" | "sdkKey" | "params" | "strings" | "poster" | "loading" | "mode" | "state" | "sdk" | "reload";
const same: Reflected extends keyof Space & keyof declared.PMESpace ? true : never = true;
const error: Pick<declared.PMEError, "code" | "reason" | "loginURL" | "retryAfter" | "description" | "message"> = new sources.PMEError("failed");
console.log(all, functions, same, error);
