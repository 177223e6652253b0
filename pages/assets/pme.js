// Made by tools/browser from pages/browser. Do not edit.
var K={},ne=new Set;function De(e){Object.assign(K,e)}function T(e){let t=e||K.endpoint,n=t?new URL(t.replace(/\/?$/,"/"),document.baseURI):new URL(".",import.meta.
url);return ne.add(n.origin),n.href}var Ne=0;function Y({headers:e,fetch:t}){let n=e||t?" "+ ++Ne:"";return{headers:e??K.headers,fetch:t??K.fetch,scope:n}}function $({
endpoint:e,models:t},n){let r=new URLSearchParams(t.map(o=>["modelId",o]));return r.append("n",String(Math.random()).slice(2)),new URL(n+"?"+r,e)}var j=e=>e?.match(
/\S+/g)??[];var W={opening:"Opening the space…",slow:"The space takes longer than usual to open…",waiting:"Connection interrupted. Trying again…",unavailable:"This sp\
ace cannot be shown at the moment. Please tell the people who run this site.",login_required:"You are signed out.",reconnect_required:"This space's Matterport a\
ccount has to be connected.",access_denied:"You do not have access to this space.",model_not_found:"This space is no longer available.",invalid_request:"There i\
s no such space.",failed:"This space cannot be opened.",broken:"A part of the viewer could not be loaded. Reload this page to try again.",sign_in:"Sign in",connect:"\
Connect",again:"Try again",reload:"Reload"},F=["login_required","reconnect_required","access_denied","model_not_found","invalid_request","failed"];var l=class extends Error{code;loginURL;retryAfter;reason;description;cause;constructor(t,n){super(n?.description??W[t]??t),this.code=t,Object.assign(this,n)}},
d=()=>new l("stopped"),de=e=>e instanceof l?e:new l("transient",{cause:e});function Ke(e){let t=e.get("Retry-After");if(!t)return 0;let n=Date.parse(e.get("Date")??
"")||Date.now(),r=isNaN(+t)?(Date.parse(t)-n)/1e3:+t;return Math.min(Math.max(r,0)||0,12e4/1e3)}var Ye=[408,421,425,429];function fe(e,t){let n=t?.error==="not_\
connected"?"reconnect_required":t?.error,{status:r}=e,o=typeof t?.error_description=="string"?t.error_description:void 0;if(F.includes(n))return new l(n,{loginURL:t.
login_url});if(e.type==="opaqueredirect"||r===401)return new l("login_required");let s={retryAfter:Ke(e.headers)};return n==="upstream_error"?new l("transient",
{...s,reason:"upstream",description:o}):r>=500||Ye.includes(r)||typeof n=="string"?new l("transient",s):new l("transient",{...s,reason:"endpoint"})}var $e=`
:host { position: relative; display: block; box-sizing: border-box; width: 100%; min-height: 16rem; aspect-ratio: 16 / 9; font: 1rem/1.5 var(--pme-font, system-\
ui, sans-serif); }
:host([hidden]), [hidden] { display: none !important; }
:host, div { background: var(--pme-stage, #15171a); color: var(--pme-stage-ink, #f1f1ef); }
iframe, div { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; }
div { display: grid; gap: 1rem; place-content: center; place-items: center; text-align: center; }
:host([state=waiting]) iframe ~ div, :host([state$=_required]) iframe ~ div { inset: auto 0 1rem; grid-auto-flow: column; width: fit-content;
  height: auto; margin: auto; padding: 1rem; border-radius: 1rem; }
p { margin: 0; padding: 0 1rem; }
a { padding: .5rem 1rem; border-radius: .5rem; background: #f1f1ef; color: #15171a; }
@media (prefers-reduced-motion: no-preference) { :host([state=opening]) p { animation: 1s infinite alternate breathe; } }
@keyframes breathe { to { opacity: .6; } }`,z;function me(){return z||(z=new CSSStyleSheet,z.replaceSync($e.replace(/\n\s*/g,""))),z}var he=new Map,ue=new Set;function ge(e){ue.has(e)||console.error("pme: "+e),ue.add(e)}var we=new Set,be=e=>globalThis.crossOriginIsolated||we.has(new URL(e).origin);
function ye(){globalThis.ReportingObserver&&new ReportingObserver(t=>{for(let{body:n}of t){let{blockedURL:r}=n??{};r&&we.add(new URL(r).origin)}},{types:["coep"],
buffered:!0}).observe(),addEventListener("securitypolicyviolation",({blockedURI:e,effectiveDirective:t,disposition:n})=>{n==="enforce"&&/^http/.test(e)&&he.set(
new URL(e).origin,t.replace("-elem",""))})}function _(e){let{origin:t}=new URL(e,document.baseURI),n=he.get(t);if(n)return ge(`the Content-Security-Policy of th\
is page blocks ${t}. Add it to ${n}.`),new l("transient",{reason:"policy"})}function ke({reason:e},t){e==="endpoint"&&ge(`the answer of ${t.origin+t.pathname} i\
s none of pme's. Is pme mounted there? Set "endpoint" to where it is.`)}var v=()=>!document.hidden,f=(e,t,n)=>e.addEventListener("abort",t,{once:!0,signal:n});async function R(e,t,n){if(t.aborted)throw d();let r=new AbortController,
o=()=>r.abort(),s=setTimeout(o,e);f(t,o,r.signal);try{let a=await n(r.signal);if(t.aborted)throw d();return a}finally{clearTimeout(s),o()}}function re(e,t){for(let n of[
"online","pageshow","focus","visibilitychange","pme-signed-in"])addEventListener(n,t,{signal:e})}var m=(e,t,n)=>R(e,t,r=>new Promise(o=>{f(r,()=>o(void 0)),n&&re(
r,({type:s})=>{(s==="pme-signed-in"||v())&&setTimeout(o,500*Math.random())})}));async function L(e,t,n,r){try{return await R(15e3,n,async o=>{let s=typeof e.headers=="function"?await e.headers():e.headers,a=new Headers(s);a.set("Accept","ap\
plication/json");let i=await(e.fetch??fetch)(t,{credentials:"include",cache:"no-store",redirect:"manual",headers:a,signal:o}),c=await i.json().catch(()=>{});if(i.
ok&&c?.[r]!==void 0)return c;throw fe(i,c)})}catch(o){if(n.aborted)throw d();let s=_(t.href)??de(o);throw ke(s,t),s}}async function O(e,t,n){for(let r=0;;r++)try{
return await n(r)}catch(o){if(!(o instanceof l)||o.code!=="transient")throw o;t?.(o);let s=navigator.onLine?Math.min(1e3*2**r,3e4)*(.5+Math.random()/2):3e4;await m(
Math.max(1e3*(o.retryAfter??0),s),e,!0)}}var k=new Map,E=new Map,B=new Set,C=(e,t,n=0)=>({access_token:e,until:Date.now()+1e3*t-n,mono:performance.now()+1e3*t-n}),g=e=>Math.floor(Math.min(e.until-Date.
now(),e.mono-performance.now())/1e3),U=(e,t)=>e!==void 0&&g(e)>65&&e.access_token!==t,I=e=>({access_token:e.access_token,expires_in:g(e)});function oe(){k.clear(),
E.clear()}function xe(){oe(),dispatchEvent(new Event("pme-signed-in"))}var P;function se(){P||(P=new BroadcastChannel("pme"),P.addEventListener("message",({data:{
want:e,key:t,token:n,left:r,signedIn:o}})=>{let s=k.get(e);s&&U(s)&&ie(e,s),r>65&&(k.has(t)||B.has(t))&&k.set(t,C(n,r)),o&&xe()}),addEventListener("message",({origin:e,
data:t})=>{t?.pme==="signed-in"&&ne.has(e)&&xe()}))}var ie=(e,t)=>P?.postMessage({key:e,token:t.access_token,left:g(t)}),ve=e=>P?.postMessage({want:e});async function Ae(e,t,n){
if(!navigator.locks)return n();let r=new AbortController,o=new AbortController,s=()=>r.abort(),a=setTimeout(s,3e3);f(t,s,o.signal);let i=()=>{clearTimeout(a),o.
abort()};try{return await navigator.locks.request("pme "+e,{signal:r.signal},()=>(i(),n()))}catch(c){if(t.aborted)throw d();if(o.signal.aborted)throw c;return n()}finally{
i()}}var G=new Map;function We(e,t,n){let r=G.get(e);if(r)return r;let o=new AbortController,s=new Set,a=O(o.signal,c=>s.forEach(p=>p.report?.(c)),()=>n(o.signal)),i={
stop:o,wants:s,answer:a};return G.set(e,i),i}async function Fe(e,t){let n=new AbortController;try{return await Promise.race([e,new Promise((r,o)=>f(t,()=>o(d()),
n.signal))])}finally{n.abort()}}async function Q(e,t,n){for(se();;){if(t.signal.aborted)throw d();let r=We(e,t,n);r.wants.add(t);try{return await Fe(r.answer,t.
signal)}catch(o){if(!(o instanceof l)||!/_required/.test(o.code)||(oe(),!t.signedOut))throw o;t.signedOut(o)}finally{r.wants.delete(t),r.wants.size||(G.get(e)===
r&&G.delete(e),r.stop.abort())}await m(1e3*86400,t.signal,!0)}}var q=e=>e.endpoint+e.scope;async function S(e){return E.get(q(e))??Q("settings "+q(e),e,async t=>{
let n=await L(e,new URL("settings",e.endpoint),t,"viewer");return E.set(q(e),n),n})}var Ee=e=>E.delete(q(e)),Se=e=>E.get(q(e))?.viewer;async function A(e){for(;;){
let{viewer:t}=await S(e),n=JSON.stringify([e.endpoint,t,[...e.models].sort()]),r=()=>U(k.get(n),e.old);r()||(B.add(n),await Q(n,e,s=>Ae(n,s,()=>ze(e,n,s,r))).finally(
()=>B.delete(n)));let o=k.get(n);if(o&&U(o))return o}}async function ze(e,t,n,r){if(r()||(ve(t),await m(50,n)),r())return;let o=performance.now(),{access_token:s,
expires_in:a}=await L(e,$(e,"token"),n,"access_token"),i=C(s,Math.min(a,86400),performance.now()-o);if(!U(i))throw new l("transient");k.set(t,i),ie(t,i)}function Je({
model:e,endpoint:t,signal:n=new AbortController().signal,headers:r,fetch:o,onTransient:s,onSignedOut:a}){let i={endpoint:T(t),models:j(e),signal:n,report:s,signedOut:a,
...Y({headers:r,fetch:o})},c;return{async fetch(p){for(;c&&g(c)<0&&!v();)await m(6e4,n,!0);return c=await A({...i,old:p}),I(c)}}}var ae=e=>new URL("signed-in?or\
igin="+location.origin,e).href;function ce(e){return se(),open(ae(T(e)),"pme-sign-in","popup,width=480,height=720")}var Re=3,le=0,Te=e=>[...document.querySelectorAll("script[type=importmap]")].some(t=>t.textContent?.includes(e));async function Me(e,t,n){n&&le++;let r=le&&!Te(
e)?`${e}#${le}`:e;try{return await import(/* webpackIgnore: true */ /* @vite-ignore */ r)}catch(o){throw await m(50,t),_(e)??(Te(e)&&n+1>=Re?Le(o):new l("transient",{cause:o}))}}var Le=e=>new l("failed",{cause:e,
reason:"sdk"});function Oe(e,t){return e instanceof TypeError||/module/i.test(e?.message??"")?t+1>=Re?Le(e):new l("transient",{cause:e,reason:"sdk"}):new l("fai\
led",{cause:e})}var pe=!1,D=[];function Ge(e){if(!pe){pe=!0;return}return new Promise((t,n)=>{let r=()=>t(void 0);D.push(r),f(e,()=>{let o=D.indexOf(r);o<0||(D.splice(o,1),n(d()))})})}
function Qe(){let e=D.shift();e?e():pe=!1}var Pe=new Error("another space's turn");async function Ce(e){let t=performance.now();for(;;){await Ge(e.signal);try{let n=await e.
token();return{token:n,mpSdk:await Xe(e,n.access_token,t)}}catch(n){if(n!==Pe)throw n}finally{Qe()}}}function Ve({frame:e,limit:t,loaded:n},r,o){return D.length&&
o>=1e4?Pe:r>=t&&(n()||r>=48e4)?new l("transient",{reason:"frame"}):_(e.src)}var Xe=(e,t,n)=>R(2*48e4,e.signal,r=>new Promise((o,s)=>{let{sdk:a,key:i,frame:c,failures:p}=e,
h=c.contentWindow,u=performance.now(),w=a.connect?.(c,{auth:t})??a.setupSdk?.(i,{iframe:c,connectOptions:{auth:t}});Promise.resolve(w).then(o,b=>s(Oe(b,p)));let N=setInterval(
()=>{let b=performance.now(),H=Ve(e,b-n,b-u);H&&s(H)},1e3);f(r,()=>{clearInterval(N),s(d());let b={reason:"given up",errorType:"ConnectionRefused"};dispatchEvent(
new MessageEvent("message",{source:h,data:{type:"postmessage.reject",payload:b}}))})}));function Ue(e,t,n,r){let{signal:o}=e,s=Se(e),a=performance.now(),i=!1,c,p,h=()=>g(n)<0,u=async y=>{i=!0;try{return await y()}catch(x){throw x?.code!=="stopped"&&
r.fail(x),x}finally{i=!1}},w=async(y,x)=>{if(h())return r.again();if(y!==p||o.aborted)throw d();let te=await A({...e,old:x});if(h()||s!==(await S(e)).viewer)return r.
again();if(y!==p||o.aborted)throw d();return n=te,r.live(),r.refreshed(g(n)),I(n)},N=y=>{let x=p={};c?.dispose(),c=t.OAuth.createTokenRefresher(y,{fetch:te=>u(()=>w(
x,te))})},b=()=>{i||(h()?r.again():g(n)<50&&N({access_token:n.access_token,expires_in:0}))},H=async()=>{Ee(e);let y=(await S(e)).viewer;y!==s&&(await A(e)).access_token!==
n.access_token&&r.again(),s=y,r.live()};N(I(n)),re(o,()=>{b(),!(i||!v()||performance.now()-a<1e4)&&(a=performance.now(),u(H).catch(()=>{}))});let qe=setInterval(
b,15e3);f(o,()=>{p=void 0,clearInterval(qe),c.dispose()})}var nt="brand dh f fp gt help hl hr kb lang lp mls mt nozoom pin portal qs search sr ss start tagNav title tour ts views vr wh".split(" ");function rt(e){let t=new URLSearchParams(
e);for(let n of[...t.keys()])nt.includes(n)||t.delete(n);return t}var X=e=>e.forEach(t=>t.remove());async function Ie(e,t){if(!e.models[0])throw new l("invalid_\
request");let{showcase:n,sdk:r,sdk_key:o}=await S(e),s=t.key??o,a=rt(t.params);if(!s)return ct(e,t,a);let i={want:e,host:t,showcase:n,sdk:r,key:s,params:a,limit:6e4,
failures:0};for(;;)for(await O(e.signal,e.report,()=>st(i));!v();)await m(6e4,e.signal,!0)}var ot=async({want:e,host:t,sdk:n,failures:r})=>t.sdk??O(e.signal,e.report,
o=>Me(n,e.signal,o+r));async function st(e){let{want:t,host:n,params:r}=e,{mpSdk:o,token:s}=await it(e).catch(p=>{throw p?.reason==="frame"&&(e.limit=Math.min(2*
e.limit,48e4)),p?.reason==="sdk"&&e.failures++,p});e.failures=0;let a=new AbortController,{signal:i}=a,c=()=>a.abort();f(t.signal,c,i);try{await new Promise((p,h)=>{
f(i,()=>h(d()));let u=()=>p(void 0);Ue({...t,signal:i},o,s,{again:u,fail:h,live:n.live,refreshed:w=>n.tell("pme-refresh",{expiresIn:w})}),n.live(),n.tell("pme-r\
eady",{mpSdk:o,model:t.models[0]})}),await at(o,r,t.signal)}finally{c(),o.disconnect?.()}}async function it(e){let{want:t,host:n,showcase:r,key:o,params:s,limit:a,
failures:i}=e,c=ot(e);c.catch(()=>{}),await A(t);let p=n.frames(),h=new URLSearchParams([...s,["m",t.models[0]],["applicationKey",o],["play","1"]]),u=!1,w=n.frame(
`${r}/show?${h}`,{onload:()=>{u=!0},credentialless:be(r)});return X(p),Ce({sdk:await c,key:o,frame:w,loaded:()=>u,limit:a,failures:i,signal:t.signal,token:()=>A(
t)})}async function at(e,t,n){let r=await Promise.race([m(1e3,n),Promise.resolve(e.Link?.createDeepLink()).catch(()=>{})]);for(let[o,s]of r?new URL(r).searchParams:
[])/^(ss|sr|start)$/.test(o)&&t.set(o,s)}async function ct(e,t,n){let[r]=e.models,o={...e,models:[r]};for(let s="pme-ready";;s="pme-refresh"){let{link:a,expires_in:i}=await Q(
"link "+e.endpoint+e.scope+r,e,u=>L(e,$(o,"link"),u,"link")),c=C("",Math.max(65,i)-45),p=new URL(a);for(let[u,w]of n)p.searchParams.set(u,w);let h=t.frames();for(t.
frame(p,{onload:()=>X(h)}),t.live(),t.tell(s,{expiresIn:i,model:r});g(c)>0;)await m(Math.min(15e3,1e3*g(c)),e.signal,!0)}}var pt=globalThis.HTMLElement??class{},Z=(e,t={})=>Object.assign(document.createElement(e),t),dt=["endpoint","upstream","policy"],ee=class extends pt{static observedAttributes=[
"model","endpoint","sdk-key","params","strings","title"];#a;#r=!1;#c=!1;#l;#t;#p;#u=Z("p");#d=Z("a",{target:"pme-sign-in"});#f=Z("div",{role:"status",hidden:!0});#o=this.
attachShadow({mode:"open"});constructor(){super(),this.#o.adoptedStyleSheets=[me()],this.#f.append(this.#u,this.#d),this.#o.append(this.#f)}get sdk(){return this.#a}set sdk(t){
this.#a=t}get model(){return this.getAttribute("model")??""}set model(t){this.#n("model",t)}get endpoint(){return this.getAttribute("endpoint")??""}set endpoint(t){
this.#n("endpoint",t)}get sdkKey(){return this.getAttribute("sdk-key")}set sdkKey(t){this.#n("sdk-key",t)}get params(){return this.getAttribute("params")??""}set params(t){
this.#n("params",t)}get state(){return this.getAttribute("state")??""}get strings(){try{return Object(JSON.parse(this.getAttribute("strings")||"{}"))}catch{return{}}}set strings(t){
this.#n("strings",t&&(typeof t=="string"?t:JSON.stringify(t)))}#n(t,n){n==null?this.removeAttribute(t):this.setAttribute(t,n)}connectedCallback(){for(let t of["\
sdk","model","endpoint","sdkKey","params","strings"]){if(!Object.hasOwn(this,t))continue;let n=this,r=n[t];delete n[t],n[t]=r}this.#r=!0,this.reload()}disconnectedCallback(){
this.#r=!1,this.#m()}connectedMoveCallback(){}attributeChangedCallback(t,n,r){if(!(!this.#r||n===r))if(t==="title")for(let o of this.#s())o.title=this.#h();else
t==="strings"?this.#p&&this.#e(...this.#p):this.#g()}#g(){this.#c||(this.#c=!0,queueMicrotask(()=>{this.#c=!1,this.#r&&this.reload()}))}reload(){this.#m();let t=this.#l=
new AbortController,{signal:n}=t;this.#x(n).catch(r=>{if(n.aborted)return;this.#m();let o=F.includes(r.code)?r.code:"failed";r.reason==="sdk"?this.#e(o,"broken",
"reload",()=>location.reload()):this.#e(o,o,"again",o==="failed"?()=>this.reload():void 0),this.#i("pme-error",{error:r,final:!0})})}#m(){this.#l?.abort(),this.#l=
void 0,this.#t=void 0,X(this.#s())}#h(){return this.title||"Matterport"}#s(){return[...this.#o.querySelectorAll("iframe")]}#w(t,n){let r=Z("iframe",{title:this.#h(),
allow:"fullscreen; xr-spatial-tracking; autoplay",...n,src:t});return this.#o.prepend(r),r}#i(t,n){this.dispatchEvent(new CustomEvent(t,{detail:n,bubbles:!0}))}#e(t,n=t,r="\
again",o,s="#"){this.#p=[t,n,r,o,s];let a={...W,...this.strings},i=t==="live"?"":a[n]??n;this.setAttribute("state",t),this.#f.hidden=!i,this.#u.textContent=i,Object.
assign(this.#d,{hidden:!o,href:s,textContent:a[r]}),this.#d.onclick=c=>o?.()===null||c.preventDefault()}#b(){this.#t=void 0,this.#e("live")}#y(t,n){if(this.#i("\
pme-error",{error:t,final:!1}),dt.includes(t.reason??""))return this.#k(t,n);this.#t=void 0,t.reason==="frame"?this.#e("opening","slow"):this.#e(this.#s()[0]?"w\
aiting":"opening","waiting")}async#k(t,n){let r=this.#t??=performance.now();await m(Math.max(0,r+1e4-performance.now()),n).catch(()=>{}),!(n.aborted||this.#t!==
r)&&this.#e(this.state==="opening"?"opening":"waiting",t.description??"unavailable")}async#x(t){let n=T(this.endpoint);this.#e("opening"),await Ie({endpoint:n,signal:t,
models:j(this.model),...Y({}),report:r=>{this.#y(r,t)},signedOut:({code:r,loginURL:o})=>{this.#e(r,r,r==="login_required"?"sign_in":"connect",()=>ce(n),ae(n)),this.#i(
"pme-signed-out",{code:r,loginURL:o})}},{frames:()=>this.#s(),frame:(r,o)=>this.#w(r,o),live:()=>this.#b(),tell:(r,o)=>this.#i(r,o),params:this.params,key:this.
sdkKey,sdk:this.#a})}};function ft(){!globalThis.customElements||customElements.get("pme-space")||(ye(),customElements.define("pme-space",ee))}ft();export{l as PMEError,ee as PMESpace,De as configure,Je as createFetcher,ft as define,ce as signIn};
//# sourceMappingURL=pme.js.map
