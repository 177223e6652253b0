import { createApp } from "vue";
import { configure } from "@go-pme/pme/vue";
import App from "./App.vue";

configure({ endpoint: "/pme/" }); // a bundle does not know where pme is
createApp(App).mount("#app");
