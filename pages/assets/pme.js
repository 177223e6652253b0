// Made by tools/browser from pages/browser. Do not edit.
var J={},ae=new Set;function We(e){Object.assign(J,e)}function O(e){let t=e||J.endpoint,n=t?new URL(t.replace(/\/?$/,"/"),document.baseURI):new URL(".",import.meta.
url);return ae.add(n.origin),n.href}var Fe=0;function U({headers:e,fetch:t}){let n=e||t?" "+ ++Fe:"";return{headers:e??J.headers,fetch:t??J.fetch,scope:n}}function z({
endpoint:e,models:t},n){let r=new URLSearchParams(t.map(o=>["modelId",o]));return r.append("n",String(Math.random()).slice(2)),new URL(n+"?"+r,e)}var D=e=>e?.match(
/\S+/g)??[];var B={opening:"Opening the space…",slow:"The space takes longer than usual to open…",waiting:"Connection interrupted. Trying again…",unavailable:"This sp\
ace cannot be shown at the moment. Please tell the people who run this site.",login_required:"You are signed out.",reconnect_required:"This space's Matterport a\
ccount has to be connected.",access_denied:"You do not have access to this space.",withdrawn:"You no longer have access to this space.",model_not_found:"This sp\
ace is no longer available.",invalid_request:"There is no such space.",failed:"This space cannot be opened.",broken:"A part of the viewer could not be loaded. R\
eload this page to try again.",sign_in:"Sign in",connect:"Connect",again:"Try again",reload:"Reload"},Q=["login_required","reconnect_required","access_denied","\
model_not_found","invalid_request","failed"];var l=class extends Error{code;loginURL;retryAfter;reason;description;cause;constructor(t,n){super(n?.description??B[t]??t),this.code=t,Object.assign(this,n)}},
p=()=>new l("stopped"),ye=e=>e instanceof l?e:new l("transient",{cause:e});function ze(e){let t=e.get("Retry-After");if(!t)return 0;let n=Date.parse(e.get("Date")??
"")||Date.now(),r=isNaN(+t)?(Date.parse(t)-n)/1e3:+t;return Math.min(Math.max(r,0)||0,12e4/1e3)}var Be=[408,421,425,429];function ke(e,t){let n=t?.error==="not_\
connected"?"reconnect_required":t?.error,{status:r}=e,o=typeof t?.error_description=="string"?t.error_description:void 0;if(Q.includes(n))return new l(n,{loginURL:t.
login_url});if(e.type==="opaqueredirect"||r===401)return new l("login_required");let s={retryAfter:ze(e.headers)};return n==="upstream_error"?new l("transient",
{...s,reason:"upstream",description:o}):r>=500||Be.includes(r)||typeof n=="string"?new l("transient",s):new l("transient",{...s,reason:"endpoint"})}var Qe=`
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
@keyframes breathe { to { opacity: .6; } }`,G;function xe(){return G||(G=new CSSStyleSheet,G.replaceSync(Qe.replace(/\n\s*/g,""))),G}var R=()=>!document.hidden,f=(e,t,n)=>e.addEventListener("abort",t,{once:!0,signal:n});async function _(e,t,n){if(t.aborted)throw p();let r=new AbortController,
o=()=>r.abort(),s=setTimeout(o,e);f(t,o,r.signal);try{let c=await n(r.signal);if(t.aborted)throw p();return c}finally{clearTimeout(s),o()}}function ce(e,t){for(let n of[
"online","pageshow","focus","visibilitychange","pme-signed-in"])addEventListener(n,t,{signal:e})}var g=(e,t,n)=>_(e,t,r=>new Promise(o=>{f(r,()=>o(void 0)),n&&ce(
r,({type:s})=>{(s==="pme-signed-in"||R())&&setTimeout(o,500*Math.random())})}));var E=new Map,S=new Map,X=new Set,q=(e,t,n=0)=>({access_token:e,until:Date.now()+1e3*t-n,mono:performance.now()+1e3*t-n}),b=e=>Math.floor(Math.min(e.until-Date.
now(),e.mono-performance.now())/1e3),H=(e,t)=>e!==void 0&&b(e)>65&&e.access_token!==t,K=e=>({access_token:e.access_token,expires_in:b(e)});function le(){E.clear(),
S.clear()}function ve(){le(),dispatchEvent(new Event("pme-signed-in"))}var L,Ae;function j(e){Ae??=e,!L&&(L=new BroadcastChannel("pme"),L.addEventListener("mess\
age",({data:t})=>{let{want:n,key:r,token:o,left:s,signedIn:c}=t;Ae?.(t);let i=E.get(n);i&&H(i)&&pe(n,i),s>65&&(E.has(r)||X.has(r))&&E.set(r,q(o,s)),c&&ve()}),addEventListener(
"message",({origin:t,data:n})=>{n?.pme==="signed-in"&&ae.has(t)&&ve()}))}var de=e=>L?.postMessage(e),pe=(e,t)=>L?.postMessage({key:e,token:t.access_token,left:b(
t)}),_e=e=>L?.postMessage({want:e});async function Ee(e,t,n){if(!navigator.locks)return n();let r=new AbortController,o=new AbortController,s=()=>r.abort(),c=setTimeout(
s,3e3);f(t,s,o.signal);let i=()=>{clearTimeout(c),o.abort()};try{return await navigator.locks.request("pme "+e,{signal:r.signal},()=>(i(),n()))}catch(a){if(t.aborted)
throw p();if(o.signal.aborted)throw a;return n()}finally{i()}}var fe=class{listeners=new Set;models=new Set;over=new AbortController;renew=new AbortController;constructor(t,n){this.name=t,this.want=n}add(t){let n=t.filter(
r=>!this.models.has(r));for(let r of n)this.models.add(r);n.length&&this.renew.abort()}tell(t){for(let{want:n,hear:r}of[...this.listeners])(!t||n.models.includes(
t))&&r()}spread(t){this.tell(t),de({told:this.name,model:t})}},P=new Map;function et({told:e,model:t,watching:n,models:r}){e&&P.get(e)?.tell(t),n&&r&&P.get(n)?.
add(r)}function Z(e,t,n){if(t.aborted)return;j(et);let r=e.endpoint+e.scope,o=P.get(r)??new fe(r,e),s={want:e,hear:n};o.listeners.add(s),o.add(e.models),de({watching:r,
models:e.models}),P.has(r)||(P.set(r,o),tt(o).catch(()=>{})),f(t,()=>{o.listeners.delete(s),!o.listeners.size&&(P.delete(r),o.over.abort())})}async function tt(e){
let{signal:t}=e.over;if(e.want.scope||!navigator.locks)return Se(e,t);await navigator.locks.request("pme watch "+e.name,{signal:t},()=>Se(e,t))}async function Se(e,t){
for(let n=!1;!t.aborted;){e.renew=new AbortController,f(t,()=>e.renew.abort(),e.renew.signal);let r=()=>{n&&e.spread(),n=!1},o=await nt(e,e.renew.signal,r).catch(
s=>s);if(t.aborted)return;e.renew.signal.aborted||(n=!0,o&&e.spread(),await g(o?4e4:3e3*(.5+Math.random()),t,!!o))}}async function nt(e,t,n){let{want:r}=e,o=new URL(
"watch?"+new URLSearchParams([...e.models].sort().map(a=>["modelId",a])),r.endpoint),s=typeof r.headers=="function"?await r.headers():r.headers,c=new Headers(s);
c.set("Accept","text/event-stream");let i=new AbortController;f(t,()=>i.abort(),i.signal);try{let a=await _(15e3,t,()=>(r.fetch??fetch)(o,{credentials:"include",
cache:"no-store",redirect:"manual",headers:c,signal:i.signal}));if(!a.ok||!a.body||!/^text\/event-stream/.test(a.headers.get("Content-Type")??""))throw new l("t\
ransient");let d=a.body.pipeThrough(new TextDecoderStream).getReader(),h="";for(let m=!0;;m=!1){let{done:u,value:k}=await _(m?15e3:13e4,t,A=>Promise.race([d.read(),
rt(A)]));if(u)return;m&&n();let w=(h+k).split(`

`);h=w.pop()??"";for(let A of w)ot(e,A)}}finally{i.abort()}}var rt=e=>new Promise((t,n)=>f(e,()=>n(p())));function ot(e,t){let n=/^data: (.*)$/m.exec(t);n&&e.spread(
JSON.parse(n[1]).modelId)}var Re=new Map,Te=new Set;function I(e){Te.has(e)||console.error("pme: "+e),Te.add(e)}function Ce(){addEventListener("securitypolicyviolation",({blockedURI:e,effectiveDirective:t,
disposition:n})=>{n==="enforce"&&/^http/.test(e)&&Re.set(new URL(e).origin,t.replace("-elem",""))})}function N(e){let{origin:t}=new URL(e,document.baseURI),n=Re.
get(t);if(n)return I(`the Content-Security-Policy of this page blocks ${t}. Add it to ${n}.`),new l("transient",{reason:"policy"})}function Me({reason:e},t){e===
"endpoint"&&I(`the answer of ${t.origin+t.pathname} is none of pme's. Is pme mounted there? Set "endpoint" to where it is.`)}async function Y(e,t,n,r){try{return await _(15e3,n,async o=>{let s=typeof e.headers=="function"?await e.headers():e.headers,c=new Headers(s);c.set("Accept","ap\
plication/json");let i=await(e.fetch??fetch)(t,{credentials:"include",cache:"no-store",redirect:"manual",headers:c,signal:o}),a=await i.json().catch(()=>{});if(i.
ok&&a?.[r]!==void 0)return a;throw ke(i,a)})}catch(o){if(n.aborted)throw p();let s=N(t.href)??ye(o);throw Me(s,t),s}}async function $(e,t,n){for(let r=0;;r++)try{
return await n(r)}catch(o){if(!(o instanceof l)||o.code!=="transient")throw o;t?.(o);let s=navigator.onLine?Math.min(1e3*2**r,3e4)*(.5+Math.random()/2):3e4;await g(
Math.max(1e3*(o.retryAfter??0),s),e,!0)}}var ee=new Map;function st(e,t,n){let r=ee.get(e);if(r)return r;let o=new AbortController,s=new Set,c=$(o.signal,a=>s.forEach(d=>d.report?.(a)),()=>n(o.signal)),
i={stop:o,wants:s,answer:c};return ee.set(e,i),i}async function it(e,t){let n=new AbortController;try{return await Promise.race([e,new Promise((r,o)=>f(t,()=>o(
p()),n.signal))])}finally{n.abort()}}async function te(e,t,n){for(j();;){if(t.signal.aborted)throw p();let r=st(e,t,n);r.wants.add(t);try{return await it(r.answer,
t.signal)}catch(o){if(!(o instanceof l)||!/_required/.test(o.code)||(le(),!t.signedOut))throw o;t.signedOut(o)}finally{r.wants.delete(t),r.wants.size||(ee.get(e)===
r&&ee.delete(e),r.stop.abort())}await g(1e3*86400,t.signal,!0)}}var C=e=>e.endpoint+e.scope;function at(e){if(!e.scope)for(let t of document.querySelectorAll("s\
cript.pme-settings")){if(new URL(t.dataset.endpoint??"",document.baseURI).href!==e.endpoint)continue;t.remove();let n=JSON.parse(t.textContent??"");return S.set(
C(e),n),n}}async function M(e){return S.get(C(e))??at(e)??te("settings "+C(e),e,async t=>{let n=await Y(e,new URL("settings",e.endpoint),t,"viewer");return S.set(
C(e),n),n})}var me=e=>S.delete(C(e)),Le=e=>S.get(C(e))?.viewer,ne=e=>S.get(C(e))?.watch===!0;async function v(e){for(;;){let{viewer:t}=await M(e),n=JSON.stringify(
[e.endpoint,t,[...e.models].sort()]),r=()=>H(E.get(n),e.old);r()||(X.add(n),await te(n,e,s=>Ee(n,s,()=>ct(e,n,s,r))).finally(()=>X.delete(n)));let o=E.get(n);if(o&&
H(o))return o}}async function ct(e,t,n,r){if(r()||(_e(t),await g(50,n)),r())return;let o=performance.now(),{access_token:s,expires_in:c}=await Y(e,z(e,"token"),
n,"access_token"),i=q(s,Math.min(c,86400),performance.now()-o);if(!H(i))throw new l("transient");E.set(t,i),pe(t,i)}function lt({model:e,endpoint:t,signal:n=new AbortController().
signal,headers:r,fetch:o,onTransient:s,onSignedOut:c}){let i={endpoint:O(t),models:D(e),signal:n,report:s,signedOut:c,...U({headers:r,fetch:o})},a;return{async fetch(d){
for(;a&&b(a)<0&&!R();)await g(6e4,n,!0);return a=await v({...i,old:d}),K(a)}}}var he=e=>new URL("signed-in?origin="+location.origin,e).href;function ue(e){return j(),
open(he(O(e)),"pme-sign-in","popup,width=480,height=720")}var Ie=3,ge=0,Pe=e=>[...document.querySelectorAll("script[type=importmap]")].some(t=>t.textContent?.includes(e));async function Ne(e,t,n){n&&ge++;let r=ge&&!Pe(
e)?`${e}#${ge}`:e;try{return await import(/* webpackIgnore: true */ /* @vite-ignore */ r)}catch(o){throw await g(50,t),N(e)??(Pe(e)&&n+1>=Ie?Ue(o):new l("transient",{cause:o}))}}var Ue=e=>new l("failed",{cause:e,
reason:"sdk"});function De(e,t){return e instanceof TypeError||/load|module/i.test(e?.message??"")?t+1>=Ie?Ue(e):new l("transient",{cause:e,reason:"sdk"}):(I(`t\
he Showcase SDK does not open the space. Check the SDK key, and that it is registered for ${location.origin}.`),new l("failed",{cause:e}))}var we=!1,W=[];function pt(e){if(!we){we=!0;return}return new Promise((t,n)=>{let r=()=>t(void 0);W.push(r),f(e,()=>{let o=W.indexOf(r);o<0||(W.splice(o,1),n(p()))})})}
function ft(){let e=W.shift();e?e():we=!1}var qe=new Error("another space's turn");async function He(e){let t=performance.now();for(;;){await pt(e.signal);try{let n=await e.
token();return{token:n,mpSdk:await ut(e,n.access_token,t)}}catch(n){if(n!==qe)throw n}finally{ft()}}}var mt="Showcase does not answer. If this page has a Cross-\
Origin-Embedder-Policy, give it Cross-Origin-Opener-Policy: same-origin as well.";function ht({frame:e,limit:t,loaded:n},r,o){return W.length&&o>=1e4?qe:r>=t&&(n()||
r>=48e4)?new l("transient",{reason:"frame"}):(n()&&o>=1e4&&I(mt),N(e.src))}var ut=(e,t,n)=>_(2*48e4,e.signal,r=>new Promise((o,s)=>{let{sdk:c,key:i,frame:a,failures:d}=e,
h=a.contentWindow,m=performance.now(),u=c.connect?.(a,{auth:t})??c.setupSdk?.(i,{iframe:a,connectOptions:{auth:t}});Promise.resolve(u).then(o,w=>s(De(w,d)));let k=setInterval(
()=>{let w=performance.now(),A=ht(e,w-n,w-m);A&&s(A)},1e3);f(r,()=>{clearInterval(k),s(p());let w={reason:"given up",errorType:"ConnectionRefused"};dispatchEvent(
new MessageEvent("message",{source:h,data:{type:"postmessage.reject",payload:w}}))})}));function Ke(e,t,n,r){let{signal:o}=e,s=Le(e),c=performance.now(),i=!1,a,d,h=()=>b(n)<0,m=async y=>{i=!0;try{return await y()}catch(x){throw x?.code!=="stopped"&&
r.fail(x),x}finally{i=!1}},u=async(y,x)=>{if(h())return r.again();if(y!==d||o.aborted)throw p();let ie=await v({...e,old:x});if(h()||s!==(await M(e)).viewer)return r.
again();if(y!==d||o.aborted)throw p();return n=ie,r.live(),r.refreshed(b(n)),K(n)},k=y=>{let x=d={};a?.dispose(),a=t.OAuth.createTokenRefresher(y,{fetch:ie=>m(()=>u(
x,ie))})},w=()=>{i||(h()?r.again():b(n)<50&&k({access_token:n.access_token,expires_in:0}))},A=async()=>{me(e);let y=(await M(e)).viewer;y!==s&&(await v(e)).access_token!==
n.access_token&&r.again(),s=y,r.live()},Ye=async()=>{me(e);let y=await v({...e,old:n.access_token}),x=(await M(e)).viewer;y.access_token===n.access_token?r.live():
x!==s?r.again():k({access_token:n.access_token,expires_in:0}),s=x};k(K(n)),ne(e)&&Z(e,o,()=>{i||m(Ye).catch(()=>{})}),ce(o,()=>{w(),!(i||!R()||performance.now()-
c<1e4)&&(c=performance.now(),m(A).catch(()=>{}))});let $e=setInterval(w,15e3);f(o,()=>{d=void 0,clearInterval($e),a.dispose()})}var yt="brand dh f fp gt help hl hr kb lang lp mls mt nozoom pin portal qs search sr ss start tagNav title tour ts views vr wh".split(" ");function kt(e){let t=new URLSearchParams(
e);for(let n of[...t.keys()])yt.includes(n)||t.delete(n);return t}var F=e=>e.forEach(t=>t.remove());async function je(e,t){if(!e.models[0])throw new l("invalid_\
request");let{showcase:n,sdk:r,sdk_key:o}=await M(e),s=t.key??o,c=kt(t.params);if(!s)return St(e,t,c);let i={want:e,host:t,showcase:n,sdk:r,key:s,params:c,limit:6e4,
failures:0};for(;;)for(await $(e.signal,e.report,()=>vt(i));!R();)await g(6e4,e.signal,!0)}var xt=async({want:e,host:t,sdk:n,failures:r})=>t.sdk??$(e.signal,e.report,
o=>Ne(n,e.signal,o+r));async function vt(e){let{want:t,host:n,params:r}=e,{mpSdk:o,token:s}=await _t(e).catch(d=>{throw d?.reason==="frame"&&(e.limit=Math.min(2*
e.limit,48e4)),d?.reason==="sdk"&&e.failures++,d});e.failures=0;let c=new AbortController,{signal:i}=c,a=()=>c.abort();f(t.signal,a,i);try{await new Promise((d,h)=>{
f(i,()=>h(p()));let m=()=>d(void 0);Ke({...t,signal:i},o,s,{again:m,fail:h,live:n.live,refreshed:u=>n.tell("pme-refresh",{expiresIn:u})}),n.live(),n.tell("pme-r\
eady",{mpSdk:o,model:t.models[0]})}),await Et(o,r,t.signal)}finally{a(),o.disconnect?.()}}function At(e,t){let[n]=e.frames();if(!n?.hidden)return;let r=o=>{let s=new URL(
o);return s.searchParams.sort(),s.href};if(r(n.src)===r(t))return e.adopt(n);n.remove()}async function _t(e){let{want:t,host:n,showcase:r,key:o,params:s,limit:c,
failures:i}=e,a=xt(e);a.catch(()=>{});let d=`${r}/show?${new URLSearchParams([...s,["m",t.models[0]],["applicationKey",o],["play","1"]])}`,h=!1,m=()=>n.frame(d,
{onload:()=>{h=!0},credentialless:globalThis.crossOriginIsolated}),u=At(n,d);u&&(h=!0);let k=n.frames().filter(w=>w!==u);return k.length||(u??=m()),await v(t),u?.
isConnected||(u=m()),F(k),He({sdk:await a,key:o,frame:u,loaded:()=>h,limit:c,failures:i,signal:t.signal,token:()=>v(t)})}async function Et(e,t,n){let r=await Promise.
race([g(1e3,n),Promise.resolve(e.Link?.createDeepLink()).catch(()=>{})]);for(let[o,s]of r?new URL(r).searchParams:[])/^(ss|sr|start)$/.test(o)&&t.set(o,s)}async function St(e,t,n){
let[r]=e.models,o={...e,models:[r]};for(let s="pme-ready";;s="pme-refresh"){let{link:c,expires_in:i}=await te("link "+e.endpoint+e.scope+r,e,m=>Y(e,z(o,"link"),
m,"link")),a=q("",Math.max(65,i)-45),d=new URL(c);for(let[m,u]of n)d.searchParams.set(m,u);let h=t.frames();for(t.frame(d,{onload:()=>F(h)}),t.live(),t.tell(s,{
expiresIn:i,model:r});b(a)>0;)await g(Math.min(15e3,1e3*b(a)),e.signal,!0)}}var Tt=globalThis.HTMLElement??class{},oe=(e,t={})=>Object.assign(document.createElement(e),t),Rt=["endpoint","upstream","policy"],se=class extends Tt{static observedAttributes=[
"model","endpoint","sdk-key","params","strings","title"];#l;#s=!1;#d=!1;#t;#n=!1;#r;#p;#u=oe("p");#f=oe("a",{target:"pme-sign-in"});#m=oe("div",{role:"status",hidden:!0});#i=this.
shadowRoot??this.attachShadow({mode:"open"});constructor(){super(),this.#i.adoptedStyleSheets=[xe()],this.#m.append(this.#u,this.#f),this.#i.append(this.#m)}get sdk(){
return this.#l}set sdk(t){this.#l=t}get model(){return this.getAttribute("model")??""}set model(t){this.#o("model",t)}get endpoint(){return this.getAttribute("e\
ndpoint")??""}set endpoint(t){this.#o("endpoint",t)}get sdkKey(){return this.getAttribute("sdk-key")}set sdkKey(t){this.#o("sdk-key",t)}get params(){return this.
getAttribute("params")??""}set params(t){this.#o("params",t)}get state(){return this.getAttribute("state")??""}get strings(){try{return Object(JSON.parse(this.getAttribute(
"strings")||"{}"))}catch{return{}}}set strings(t){this.#o("strings",t&&(typeof t=="string"?t:JSON.stringify(t)))}#o(t,n){n==null?this.removeAttribute(t):this.setAttribute(
t,n)}connectedCallback(){for(let t of["sdk","model","endpoint","sdkKey","params","strings"]){if(!Object.hasOwn(this,t))continue;let n=this,r=n[t];delete n[t],n[t]=
r}this.#s=!0,this.reload()}disconnectedCallback(){this.#s=!1,this.#h()}connectedMoveCallback(){}attributeChangedCallback(t,n,r){if(!(!this.#s||n===r))if(t==="ti\
tle")for(let o of this.#a())o.title=this.#g();else t==="strings"?this.#p&&this.#e(...this.#p):this.#b()}#b(){this.#d||(this.#d=!0,queueMicrotask(()=>{this.#d=!1,
this.#s&&this.reload()}))}reload(){this.#t&&this.#h();let t=this.#t=new AbortController,{signal:n}=t;this.#_(n).catch(r=>{if(n.aborted)return;let o=this.#n;this.#h();
let s=Q.includes(r.code)?r.code:"failed";r.reason==="sdk"?this.#e(s,"broken","reload",()=>location.reload()):this.#e(s,s==="access_denied"&&o?"withdrawn":s,"aga\
in",s==="failed"?()=>this.reload():void 0),this.#c("pme-error",{error:r,final:!0}),s==="access_denied"&&this.#y()})}#y(){let{signal:t}=this.#t=new AbortController,
n={endpoint:O(this.endpoint),models:D(this.model),signal:t,...U({})},r=()=>{t.aborted||this.reload()};ne(n)&&Z(n,t,()=>{v(n).then(r,()=>{})})}#h(){this.#t?.abort(),
this.#t=void 0,this.#r=void 0,this.#n=!1,F(this.#a())}#g(){return this.title||"Matterport"}#a(){return[...this.#i.querySelectorAll("iframe")]}#w(t){return Object.
assign(t,{title:this.#g(),allow:"fullscreen; xr-spatial-tracking; autoplay",hidden:!1})}#k(t,n){let r=Object.assign(this.#w(oe("iframe")),n,{src:t});return this.#i.
prepend(r),r}#c(t,n){this.dispatchEvent(new CustomEvent(t,{detail:n,bubbles:!0}))}#e(t,n=t,r="again",o,s="#"){this.#p=[t,n,r,o,s];let c={...B,...this.strings},i=t===
"live"?"":c[n]??n;this.setAttribute("state",t),this.#m.hidden=!i,this.#u.textContent=i,Object.assign(this.#f,{hidden:!o,href:s,textContent:c[r]}),this.#f.onclick=
a=>o?.()===null||a.preventDefault()}#x(){this.#r=void 0,this.#n=!0,this.#e("live")}#v(t,n){if(this.#c("pme-error",{error:t,final:!1}),Rt.includes(t.reason??""))
return this.#A(t,n);this.#r=void 0,t.reason==="frame"?this.#e("opening","slow"):this.#e(this.#n?"waiting":"opening","waiting")}async#A(t,n){let r=this.#r??=performance.
now();await g(Math.max(0,r+1e4-performance.now()),n).catch(()=>{}),!(n.aborted||this.#r!==r)&&this.#e(this.state==="opening"?"opening":"waiting",t.description??
"unavailable")}async#_(t){let n=O(this.endpoint);this.#e("opening"),await je({endpoint:n,signal:t,models:D(this.model),...U({}),report:r=>{this.#v(r,t)},signedOut:({
code:r,loginURL:o})=>{this.#n||F(this.#a()),this.#e(r,r,r==="login_required"?"sign_in":"connect",()=>ue(n),he(n)),this.#c("pme-signed-out",{code:r,loginURL:o})}},
{frames:()=>this.#a(),frame:(r,o)=>this.#k(r,o),adopt:r=>this.#w(r),live:()=>this.#x(),tell:(r,o)=>this.#c(r,o),params:this.params,key:this.sdkKey,sdk:this.#l})}};function Ct(){!globalThis.customElements||customElements.get("pme-space")||(Ce(),customElements.define("pme-space",se))}Ct();export{l as PMEError,se as PMESpace,We as configure,lt as createFetcher,Ct as define,ue as signIn};
//# sourceMappingURL=pme.js.map
