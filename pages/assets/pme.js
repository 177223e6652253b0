// Made by tools/browser from pages/browser. Do not edit.
var B={},ae=new Set;function Je(e){Object.assign(B,e)}function O(e){let t=e||B.endpoint,n=t?new URL(t.replace(/\/?$/,"/"),document.baseURI):new URL(".",import.meta.
url);return ae.add(n.origin),n.href}var ze=0;function q({headers:e,fetch:t}){let n=e||t?" "+ ++ze:"";return{headers:e??B.headers,fetch:t??B.fetch,scope:n}}function Q({
endpoint:e,models:t},n){let r=new URLSearchParams(t.map(o=>["modelId",o]));return r.append("n",String(Math.random()).slice(2)),new URL(n+"?"+r,e)}var H=e=>e?.match(
/\S+/g)??[];var G={opening:"Opening the space…",slow:"The space takes longer than usual to open…",waiting:"Connection interrupted. Trying again…",unavailable:"This sp\
ace cannot be shown at the moment. Please tell the people who run this site.",login_required:"You are signed out.",reconnect_required:"This space's Matterport a\
ccount has to be connected.",access_denied:"You do not have access to this space.",withdrawn:"You no longer have access to this space.",model_not_found:"This sp\
ace is no longer available.",invalid_request:"There is no such space.",failed:"This space cannot be opened.",broken:"A part of the viewer could not be loaded. R\
eload this page to try again.",sign_in:"Sign in",connect:"Connect",again:"Try again",reload:"Reload"},V=["login_required","reconnect_required","access_denied","\
model_not_found","invalid_request","failed"];var l=class extends Error{code;loginURL;retryAfter;reason;description;cause;constructor(t,n){super(n?.description??G[t]??t),this.code=t,Object.assign(this,n)}},
p=()=>new l("stopped"),ke=e=>e instanceof l?e:new l("transient",{cause:e});function Qe(e){let t=e.get("Retry-After");if(!t)return 0;let n=Date.parse(e.get("Date")??
"")||Date.now(),r=isNaN(+t)?(Date.parse(t)-n)/1e3:+t;return Math.min(Math.max(r,0)||0,12e4/1e3)}var Ge=[408,421,425,429];function xe(e,t){let n=t?.error==="not_\
connected"?"reconnect_required":t?.error,{status:r}=e,o=typeof t?.error_description=="string"?t.error_description:void 0;if(V.includes(n))return new l(n,{loginURL:t.
login_url});if(e.type==="opaqueredirect"||r===401)return new l("login_required");let s={retryAfter:Qe(e.headers)};return n==="upstream_error"?new l("transient",
{...s,reason:"upstream",description:o}):r>=500||Ge.includes(r)||typeof n=="string"?new l("transient",s):new l("transient",{...s,reason:"endpoint"})}var Ve=`
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
@keyframes breathe { to { opacity: .6; } }`,X;function ve(){return X||(X=new CSSStyleSheet,X.replaceSync(Ve.replace(/\n\s*/g,""))),X}var R=()=>!document.hidden,h=(e,t,n)=>e.addEventListener("abort",t,{once:!0,signal:n});async function _(e,t,n){if(t.aborted)throw p();let r=new AbortController,
o=()=>r.abort(),s=setTimeout(o,e);h(t,o,r.signal);try{let a=await n(r.signal);if(t.aborted)throw p();return a}finally{clearTimeout(s),o()}}function ce(e,t){for(let n of[
"online","pageshow","focus","visibilitychange","pme-signed-in"])addEventListener(n,t,{signal:e})}var g=(e,t,n)=>_(e,t,r=>new Promise(o=>{h(r,()=>o(void 0)),n&&ce(
r,({type:s})=>{(s==="pme-signed-in"||R())&&setTimeout(o,500*Math.random())})}));var E=new Map,S=new Map,ee=new Set,K=(e,t,n=0)=>({access_token:e,until:Date.now()+1e3*t-n,mono:performance.now()+1e3*t-n}),y=e=>Math.floor(Math.min(e.until-Date.
now(),e.mono-performance.now())/1e3),j=(e,t)=>e!==void 0&&y(e)>65&&e.access_token!==t,Y=e=>({access_token:e.access_token,expires_in:y(e)});function le(){E.clear(),
S.clear()}function Ae(){le(),dispatchEvent(new Event("pme-signed-in"))}var L,_e;function $(e){_e??=e,!L&&(L=new BroadcastChannel("pme"),L.addEventListener("mess\
age",({data:t})=>{let{want:n,key:r,token:o,left:s,signedIn:a}=t;_e?.(t);let i=E.get(n);i&&j(i)&&fe(n,i),s>65&&(E.has(r)||ee.has(r))&&E.set(r,K(o,s)),a&&Ae()}),addEventListener(
"message",({origin:t,data:n})=>{n?.pme==="signed-in"&&ae.has(t)&&Ae()}))}var de=e=>L?.postMessage(e),fe=(e,t)=>L?.postMessage({key:e,token:t.access_token,left:y(
t)}),Ee=e=>L?.postMessage({want:e});async function Se(e,t,n){if(!navigator.locks)return n();let r=new AbortController,o=new AbortController,s=()=>r.abort(),a=setTimeout(
s,3e3);h(t,s,o.signal);let i=()=>{clearTimeout(a),o.abort()};try{return await navigator.locks.request("pme "+e,{signal:r.signal},()=>(i(),n()))}catch(c){if(t.aborted)
throw p();if(o.signal.aborted)throw c;return n()}finally{i()}}var pe=class{listeners=new Set;models=new Set;over=new AbortController;renew=new AbortController;constructor(t,n){this.name=t,this.want=n}add(t){let n=t.filter(
r=>!this.models.has(r));for(let r of n)this.models.add(r);n.length&&this.renew.abort()}tell(t){for(let{want:n,hear:r}of[...this.listeners])(!t||n.models.includes(
t))&&r()}spread(t){this.tell(t),de({told:this.name,model:t})}},P=new Map;function nt({told:e,model:t,watching:n,models:r}){e&&P.get(e)?.tell(t),n&&r&&P.get(n)?.
add(r)}function I(e,t,n){if(t.aborted)return;$(nt);let r=e.endpoint+e.scope,o=P.get(r)??new pe(r,e),s={want:e,hear:n};o.listeners.add(s),o.add(e.models),de({watching:r,
models:e.models}),P.has(r)||(P.set(r,o),rt(o).catch(()=>{})),h(t,()=>{o.listeners.delete(s),!o.listeners.size&&(P.delete(r),o.over.abort())})}async function rt(e){
let{signal:t}=e.over;if(e.want.scope||!navigator.locks)return Te(e,t);await navigator.locks.request("pme watch "+e.name,{signal:t},()=>Te(e,t))}async function Te(e,t){
for(let n=!1;!t.aborted;){e.renew=new AbortController,h(t,()=>e.renew.abort(),e.renew.signal);let r=()=>{n&&e.spread(),n=!1},o=await ot(e,e.renew.signal,r).catch(
s=>s);if(t.aborted)return;e.renew.signal.aborted||(n=!0,o&&e.spread(),await g(o?4e4:3e3*(.5+Math.random()),t,!!o))}}async function ot(e,t,n){let{want:r}=e,o=new URL(
"watch?"+new URLSearchParams([...e.models].sort().map(c=>["modelId",c])),r.endpoint),s=typeof r.headers=="function"?await r.headers():r.headers,a=new Headers(s);
a.set("Accept","text/event-stream");let i=new AbortController;h(t,()=>i.abort(),i.signal);try{let c=await _(15e3,t,()=>(r.fetch??fetch)(o,{credentials:"include",
cache:"no-store",redirect:"manual",headers:a,signal:i.signal}));if(!c.ok||!c.body||!/^text\/event-stream/.test(c.headers.get("Content-Type")??""))throw new l("t\
ransient");let d=c.body.pipeThrough(new TextDecoderStream).getReader(),m="";for(let u=!0;;u=!1){let{done:f,value:k}=await _(u?15e3:13e4,t,b=>Promise.race([d.read(),
st(b)]));if(f)return;u&&n();let w=(m+k).split(`

`);m=w.pop()??"";for(let b of w)it(e,b)}}finally{i.abort()}}var st=e=>new Promise((t,n)=>h(e,()=>n(p())));function it(e,t){let n=/^data: (.*)$/m.exec(t);n&&e.spread(
JSON.parse(n[1]).modelId)}var Ce=new Map,Re=new Set;function N(e){Re.has(e)||console.error("pme: "+e),Re.add(e)}function Me(){addEventListener("securitypolicyviolation",({blockedURI:e,effectiveDirective:t,
disposition:n})=>{n==="enforce"&&/^http/.test(e)&&Ce.set(new URL(e).origin,t.replace("-elem",""))})}function U(e){let{origin:t}=new URL(e,document.baseURI),n=Ce.
get(t);if(n)return N(`the Content-Security-Policy of this page blocks ${t}. Add it to ${n}.`),new l("transient",{reason:"policy"})}function Oe({reason:e},t){e===
"endpoint"&&N(`the answer of ${t.origin+t.pathname} is none of pme's. Is pme mounted there? Set "endpoint" to where it is.`)}async function W(e,t,n,r){try{return await _(15e3,n,async o=>{let s=typeof e.headers=="function"?await e.headers():e.headers,a=new Headers(s);a.set("Accept","ap\
plication/json");let i=await(e.fetch??fetch)(t,{credentials:"include",cache:"no-store",redirect:"manual",headers:a,signal:o}),c=await i.json().catch(()=>{});if(i.
ok&&c?.[r]!==void 0)return c;throw xe(i,c)})}catch(o){if(n.aborted)throw p();let s=U(t.href)??ke(o);throw Oe(s,t),s}}async function F(e,t,n){for(let r=0;;r++)try{
return await n(r)}catch(o){if(!(o instanceof l)||o.code!=="transient")throw o;t?.(o);let s=navigator.onLine?Math.min(1e3*2**r,3e4)*(.5+Math.random()/2):3e4;await g(
Math.max(1e3*(o.retryAfter??0),s),e,!0)}}var te=new Map;function at(e,t,n){let r=te.get(e);if(r)return r;let o=new AbortController,s=new Set,a=F(o.signal,c=>s.forEach(d=>d.report?.(c)),()=>n(o.signal)),
i={stop:o,wants:s,answer:a};return te.set(e,i),i}async function ct(e,t){let n=new AbortController;try{return await Promise.race([e,new Promise((r,o)=>h(t,()=>o(
p()),n.signal))])}finally{n.abort()}}async function ne(e,t,n){for($();;){if(t.signal.aborted)throw p();let r=at(e,t,n);r.wants.add(t);try{return await ct(r.answer,
t.signal)}catch(o){if(!(o instanceof l)||!/_required/.test(o.code)||(le(),!t.signedOut))throw o;t.signedOut(o)}finally{r.wants.delete(t),r.wants.size||(te.get(e)===
r&&te.delete(e),r.stop.abort())}await g(1e3*86400,t.signal,!0)}}var C=e=>e.endpoint+e.scope;function lt(e){if(!e.scope)for(let t of document.querySelectorAll("s\
cript.pme-settings")){if(new URL(t.dataset.endpoint??"",document.baseURI).href!==e.endpoint)continue;t.remove();let n=JSON.parse(t.textContent??"");return S.set(
C(e),n),n}}async function M(e){return S.get(C(e))??lt(e)??ne("settings "+C(e),e,async t=>{let n=await W(e,new URL("settings",e.endpoint),t,"viewer");return S.set(
C(e),n),n})}var me=e=>S.delete(C(e)),Pe=e=>S.get(C(e))?.viewer,D=e=>S.get(C(e))?.watch===!0;async function A(e){for(;;){let{viewer:t}=await M(e),n=JSON.stringify(
[e.endpoint,t,[...e.models].sort()]),r=()=>j(E.get(n),e.old);r()||(ee.add(n),await ne(n,e,s=>Se(n,s,()=>dt(e,n,s,r))).finally(()=>ee.delete(n)));let o=E.get(n);
if(o&&j(o))return o}}async function dt(e,t,n,r){if(r()||(Ee(t),await g(50,n)),r())return;let o=performance.now(),{access_token:s,expires_in:a}=await W(e,Q(e,"to\
ken"),n,"access_token"),i=K(s,Math.min(a,86400),performance.now()-o);if(!j(i))throw new l("transient");E.set(t,i),fe(t,i)}function ft({model:e,endpoint:t,signal:n=new AbortController().
signal,headers:r,fetch:o,onTransient:s,onSignedOut:a}){let i={endpoint:O(t),models:H(e),signal:n,report:s,signedOut:a,...q({headers:r,fetch:o})},c;return{async fetch(d){
for(;c&&y(c)<0&&!R();)await g(6e4,n,!0);return c=await A({...i,old:d}),Y(c)}}}var he=e=>new URL("signed-in?origin="+location.origin,e).href;function ue(e){return $(),
open(he(O(e)),"pme-sign-in","popup,width=480,height=720")}var Ne=3,ge=0,Ie=e=>[...document.querySelectorAll("script[type=importmap]")].some(t=>t.textContent?.includes(e));async function Ue(e,t,n){n&&ge++;let r=ge&&!Ie(
e)?`${e}#${ge}`:e;try{return await import(/* webpackIgnore: true */ /* @vite-ignore */ r)}catch(o){throw await g(50,t),U(e)??(Ie(e)&&n+1>=Ne?De(o):new l("transient",{cause:o}))}}var De=e=>new l("failed",{cause:e,
reason:"sdk"});function qe(e,t){return e instanceof TypeError||/load|module/i.test(e?.message??"")?t+1>=Ne?De(e):new l("transient",{cause:e,reason:"sdk"}):(N(`t\
he Showcase SDK does not open the space. Check the SDK key, and that it is registered for ${location.origin}.`),new l("failed",{cause:e}))}var we=!1,J=[];function mt(e){if(!we){we=!0;return}return new Promise((t,n)=>{let r=()=>t(void 0);J.push(r),h(e,()=>{let o=J.indexOf(r);o<0||(J.splice(o,1),n(p()))})})}
function ht(){let e=J.shift();e?e():we=!1}var He=new Error("another space's turn");async function Ke(e){let t=performance.now();for(;;){await mt(e.signal);try{let n=await e.
token();return{token:n,mpSdk:await wt(e,n.access_token,t)}}catch(n){if(n!==He)throw n}finally{ht()}}}var ut="Showcase does not answer. If this page has a Cross-\
Origin-Embedder-Policy, give it Cross-Origin-Opener-Policy: same-origin as well.";function gt({frame:e,limit:t,loaded:n},r,o){return J.length&&o>=1e4?He:r>=t&&(n()||
r>=48e4)?new l("transient",{reason:"frame"}):(n()&&o>=1e4&&N(ut),U(e.src))}var wt=(e,t,n)=>_(2*48e4,e.signal,r=>new Promise((o,s)=>{let{sdk:a,key:i,frame:c,failures:d}=e,
m=c.contentWindow,u=performance.now(),f=a.connect?.(c,{auth:t})??a.setupSdk?.(i,{iframe:c,connectOptions:{auth:t}});Promise.resolve(f).then(o,w=>s(qe(w,d)));let k=setInterval(
()=>{let w=performance.now(),b=gt(e,w-n,w-u);b&&s(b)},1e3);h(r,()=>{clearInterval(k),s(p());let w={reason:"given up",errorType:"ConnectionRefused"};dispatchEvent(
new MessageEvent("message",{source:m,data:{type:"postmessage.reject",payload:w}}))})}));function je(e,t,n,r){let{signal:o}=e,s=Pe(e),a=performance.now(),i=!1,c=!1,d,m,u=()=>y(n)<0,f=async x=>{i=!0;try{return await x()}catch(v){throw v?.code!=="stop\
ped"&&r.fail(v),v}finally{i=!1,c&&!o.aborted&&k()}},k=()=>{c=i,i||f(We).catch(()=>{})},w=async(x,v)=>{if(u())return r.again();if(x!==m||o.aborted)throw p();let ie=await A(
{...e,old:v});if(u()||s!==(await M(e)).viewer)return r.again();if(x!==m||o.aborted)throw p();return n=ie,r.live(),r.refreshed(y(n)),Y(n)},b=x=>{let v=m={};d?.dispose(),
d=t.OAuth.createTokenRefresher(x,{fetch:ie=>f(()=>w(v,ie))})},ye=()=>{i||(u()?r.again():y(n)<50&&b({access_token:n.access_token,expires_in:0}))},$e=async()=>{me(
e);let x=(await M(e)).viewer;x!==s&&(await A(e)).access_token!==n.access_token&&r.again(),s=x,r.live()},We=async()=>{me(e);let x=await A({...e,old:n.access_token}),
v=(await M(e)).viewer;x.access_token===n.access_token?r.live():v!==s?r.again():b({access_token:n.access_token,expires_in:0}),s=v};b(Y(n)),D(e)&&I(e,o,k),ce(o,()=>{
ye(),!(i||!R()||performance.now()-a<1e4)&&(a=performance.now(),f($e).catch(()=>{}))});let Fe=setInterval(ye,15e3);h(o,()=>{m=void 0,clearInterval(Fe),d.dispose()})}var xt="brand dh f fp gt help hl hr kb lang lp mls mt nozoom pin portal qs search sr ss start tagNav title tour ts views vr wh".split(" ");function vt(e){let t=new URLSearchParams(
e);for(let n of[...t.keys()])xt.includes(n)||t.delete(n);return t}var z=e=>e.forEach(t=>t.remove());async function Ye(e,t){if(!e.models[0])throw new l("invalid_\
request");let{showcase:n,sdk:r,sdk_key:o}=await M(e),s=t.key??o,a=vt(t.params);if(!s)return Rt(e,t,a);let i={want:e,host:t,showcase:n,sdk:r,key:s,params:a,limit:6e4,
failures:0};for(;;)for(await F(e.signal,e.report,()=>_t(i));!R();)await g(6e4,e.signal,!0)}var At=async({want:e,host:t,sdk:n,failures:r})=>t.sdk??F(e.signal,e.report,
o=>Ue(n,e.signal,o+r));async function _t(e){let{want:t,host:n,params:r}=e,{mpSdk:o,token:s}=await St(e).catch(d=>{throw d?.reason==="frame"&&(e.limit=Math.min(2*
e.limit,48e4)),d?.reason==="sdk"&&e.failures++,d});e.failures=0;let a=new AbortController,{signal:i}=a,c=()=>a.abort();h(t.signal,c,i);try{await new Promise((d,m)=>{
h(i,()=>m(p()));let u=()=>d(void 0);je({...t,signal:i},o,s,{again:u,fail:m,live:n.live,refreshed:f=>n.tell("pme-refresh",{expiresIn:f})}),n.live(),n.tell("pme-r\
eady",{mpSdk:o,model:t.models[0]})}),await Tt(o,r,t.signal)}finally{c(),o.disconnect?.()}}function Et(e,t){let[n]=e.frames();if(!n?.hidden)return;let r=o=>{let s=new URL(
o);return s.searchParams.sort(),s.href};if(r(n.src)===r(t))return e.adopt(n);n.remove()}async function St(e){let{want:t,host:n,showcase:r,key:o,params:s,limit:a,
failures:i}=e,c=At(e);c.catch(()=>{});let d=`${r}/show?${new URLSearchParams([...s,["m",t.models[0]],["applicationKey",o],["play","1"]])}`,m=!1,u=()=>n.frame(d,
{onload:()=>{m=!0},credentialless:globalThis.crossOriginIsolated}),f=Et(n,d);f&&(m=!0);let k=n.frames().filter(w=>w!==f);return k.length||(f??=u()),await A(t),f?.
isConnected||(f=u()),z(k),Ke({sdk:await c,key:o,frame:f,loaded:()=>m,limit:a,failures:i,signal:t.signal,token:()=>A(t)})}async function Tt(e,t,n){let r=await Promise.
race([g(1e3,n),Promise.resolve(e.Link?.createDeepLink()).catch(()=>{})]);for(let[o,s]of r?new URL(r).searchParams:[])/^(ss|sr|start)$/.test(o)&&t.set(o,s)}async function Rt(e,t,n){
let[r]=e.models,o={...e,models:[r]},s="pme-ready",a="",i=()=>{};for(;;){let c=new Promise(f=>{i=()=>f(!0)}),{link:d,expires_in:m}=await ne("link "+e.endpoint+e.
scope+r,e,f=>W(e,Q(o,"link"),f,"link"));!a&&D(e)&&I(o,e.signal,()=>i());let u=K("",Math.max(65,m)-45);if(d!==a){a=d;let f=new URL(d);for(let[w,b]of n)f.searchParams.
set(w,b);let k=t.frames();t.frame(f,{onload:()=>z(k)}),t.tell(s,{expiresIn:m,model:r}),s="pme-refresh"}for(t.live();y(u)>0&&!await Promise.race([c,g(Math.min(15e3,
1e3*y(u)),e.signal,!0)]););}}var Ct=globalThis.HTMLElement??class{},oe=(e,t={})=>Object.assign(document.createElement(e),t),Mt=["endpoint","upstream","policy"],se=class extends Ct{static observedAttributes=[
"model","endpoint","sdk-key","params","strings","title"];#l;#s=!1;#d=!1;#t;#n=!1;#r;#f;#u=oe("p");#p=oe("a",{target:"pme-sign-in"});#m=oe("div",{role:"status",hidden:!0});#i=this.
shadowRoot??this.attachShadow({mode:"open"});constructor(){super(),this.#i.adoptedStyleSheets=[ve()],this.#m.append(this.#u,this.#p),this.#i.append(this.#m)}get sdk(){
return this.#l}set sdk(t){this.#l=t}get model(){return this.getAttribute("model")??""}set model(t){this.#o("model",t)}get endpoint(){return this.getAttribute("e\
ndpoint")??""}set endpoint(t){this.#o("endpoint",t)}get sdkKey(){return this.getAttribute("sdk-key")}set sdkKey(t){this.#o("sdk-key",t)}get params(){return this.
getAttribute("params")??""}set params(t){this.#o("params",t)}get state(){return this.getAttribute("state")??""}get strings(){try{return Object(JSON.parse(this.getAttribute(
"strings")||"{}"))}catch{return{}}}set strings(t){this.#o("strings",t&&(typeof t=="string"?t:JSON.stringify(t)))}#o(t,n){n==null?this.removeAttribute(t):this.setAttribute(
t,n)}connectedCallback(){for(let t of["sdk","model","endpoint","sdkKey","params","strings"]){if(!Object.hasOwn(this,t))continue;let n=this,r=n[t];delete n[t],n[t]=
r}this.#s=!0,this.reload()}disconnectedCallback(){this.#s=!1,this.#h()}connectedMoveCallback(){}attributeChangedCallback(t,n,r){if(!(!this.#s||n===r))if(t==="ti\
tle")for(let o of this.#a())o.title=this.#g();else t==="strings"?this.#f&&this.#e(...this.#f):this.#b()}#b(){this.#d||(this.#d=!0,queueMicrotask(()=>{this.#d=!1,
this.#s&&this.reload()}))}reload(){this.#t&&this.#h();let t=this.#t=new AbortController,{signal:n}=t;this.#_(n).catch(r=>{if(n.aborted)return;let o=this.#n;this.#h();
let s=V.includes(r.code)?r.code:"failed";r.reason==="sdk"?this.#e(s,"broken","reload",()=>location.reload()):this.#e(s,s==="access_denied"&&o?"withdrawn":s,"aga\
in",s==="failed"?()=>this.reload():void 0),this.#c("pme-error",{error:r,final:!0}),s==="access_denied"&&this.#y()})}#y(){let{signal:t}=this.#t=new AbortController,
n={endpoint:O(this.endpoint),models:H(this.model),signal:t,...q({})},r=()=>{t.aborted||this.reload()};D(n)&&I(n,t,()=>{A(n).then(r,()=>{})})}#h(){this.#t?.abort(),
this.#t=void 0,this.#r=void 0,this.#n=!1,z(this.#a())}#g(){return this.title||"Matterport"}#a(){return[...this.#i.querySelectorAll("iframe")]}#w(t){return Object.
assign(t,{title:this.#g(),allow:"fullscreen; xr-spatial-tracking; autoplay",hidden:!1})}#k(t,n){let r=Object.assign(this.#w(oe("iframe")),n,{src:t});return this.#i.
prepend(r),r}#c(t,n){this.dispatchEvent(new CustomEvent(t,{detail:n,bubbles:!0}))}#e(t,n=t,r="again",o,s="#"){this.#f=[t,n,r,o,s];let a={...G,...this.strings},i=t===
"live"?"":a[n]??n;this.setAttribute("state",t),this.#m.hidden=!i,this.#u.textContent=i,Object.assign(this.#p,{hidden:!o,href:s,textContent:a[r]}),this.#p.onclick=
c=>o?.()===null||c.preventDefault()}#x(){this.#r=void 0,this.#n=!0,this.#e("live")}#v(t,n){if(this.#c("pme-error",{error:t,final:!1}),Mt.includes(t.reason??""))
return this.#A(t,n);this.#r=void 0,t.reason==="frame"?this.#e("opening","slow"):this.#e(this.#n?"waiting":"opening","waiting")}async#A(t,n){let r=this.#r??=performance.
now();await g(Math.max(0,r+1e4-performance.now()),n).catch(()=>{}),!(n.aborted||this.#r!==r)&&this.#e(this.state==="opening"?"opening":"waiting",t.description??
"unavailable")}async#_(t){let n=O(this.endpoint);this.#e("opening"),await Ye({endpoint:n,signal:t,models:H(this.model),...q({}),report:r=>{this.#v(r,t)},signedOut:({
code:r,loginURL:o})=>{this.#n||z(this.#a()),this.#e(r,r,r==="login_required"?"sign_in":"connect",()=>ue(n),he(n)),this.#c("pme-signed-out",{code:r,loginURL:o})}},
{frames:()=>this.#a(),frame:(r,o)=>this.#k(r,o),adopt:r=>this.#w(r),live:()=>this.#x(),tell:(r,o)=>this.#c(r,o),params:this.params,key:this.sdkKey,sdk:this.#l})}};function Ot(){!globalThis.customElements||customElements.get("pme-space")||(Me(),customElements.define("pme-space",se))}Ot();export{l as PMEError,se as PMESpace,Je as configure,ft as createFetcher,Ot as define,ue as signIn};
//# sourceMappingURL=pme.js.map
