// The script that the handshake names (scriptUrl). A bootstrap imports it and looks for
// window["sdk-client"].SdkBuilder.
import { SdkBuilder } from "./sdk.es6.js";

window["sdk-client"] = { SdkBuilder };
