import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { configure } from "@go-pme/pme/react";
import { App } from "../react/App";

configure({ endpoint: "/pme/" }); // a bundle does not know where pme is
createRoot(document.getElementById("app")!).render(<StrictMode><App /></StrictMode>);
