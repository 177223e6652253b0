// Made by tools/browser from pages/browser. Do not edit.
var F={},ae=new Set;function We(e){Object.assign(F,e)}function R(e){let t=e||F.endpoint,n=t?new URL(t.replace(/\/?$/,"/"),document.baseURI):new URL(".",import.meta.
url);return ae.add(n.origin),n.href}var Fe=0;function D({headers:e,fetch:t}){let n=e||t?" "+ ++Fe:"";return{headers:e??F.headers,fetch:t??F.fetch,scope:n}}function z({
endpoint:e,models:t},n){let o=new URLSearchParams(t.map(r=>["modelId",r]));return o.append("n",String(Math.random()).slice(2)),new URL(n+"?"+o,e)}var U=e=>e?.match(
/\S+/g)??[];var J={opening:"Opening the space…",slow:"The space takes longer than usual to open…",waiting:"Connection interrupted. Trying again…",unavailable:"This sp\
ace cannot be shown at the moment. Please tell the people who run this site.",login_required:"You are signed out.",reconnect_required:"This space's Matterport a\
ccount has to be connected.",access_denied:"You do not have access to this space.",withdrawn:"You no longer have access to this space.",model_not_found:"This sp\
ace is no longer available.",invalid_request:"There is no such space.",failed:"This space cannot be opened.",broken:"A part of the viewer could not be loaded. R\
eload this page to try again.",sign_in:"Sign in",connect:"Connect",again:"Try again",reload:"Reload"},B=["login_required","reconnect_required","access_denied","\
model_not_found","invalid_request","failed"];var l=class extends Error{code;loginURL;retryAfter;reason;description;cause;constructor(t,n){super(n?.description??J[t]??t),this.code=t,Object.assign(this,n)}},
p=()=>new l("stopped"),ye=e=>e instanceof l?e:new l("transient",{cause:e});function Je(e){let t=e.get("Retry-After");if(!t)return 0;let n=Date.parse(e.get("Date")??
"")||Date.now(),o=isNaN(+t)?(Date.parse(t)-n)/1e3:+t;return Math.min(Math.max(o,0)||0,12e4/1e3)}var Be=[408,421,425,429];function ke(e,t){let n=t?.error==="not_\
connected"?"reconnect_required":t?.error,{status:o}=e,r=typeof t?.error_description=="string"?t.error_description:void 0;if(B.includes(n))return new l(n,{loginURL:t.
login_url});if(e.type==="opaqueredirect"||o===401)return new l("login_required");let s={retryAfter:Je(e.headers)};return n==="upstream_error"?new l("transient",
{...s,reason:"upstream",description:r}):o>=500||Be.includes(o)||typeof n=="string"?new l("transient",s):new l("transient",{...s,reason:"endpoint"})}var Qe=`
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
@keyframes breathe { to { opacity: .6; } }`,Q;function xe(){return Q||(Q=new CSSStyleSheet,Q.replaceSync(Qe.replace(/\n\s*/g,""))),Q}var T=()=>!document.hidden,f=(e,t,n)=>e.addEventListener("abort",t,{once:!0,signal:n});async function A(e,t,n){if(t.aborted)throw p();let o=new AbortController,
r=()=>o.abort(),s=setTimeout(r,e);f(t,r,o.signal);try{let c=await n(o.signal);if(t.aborted)throw p();return c}finally{clearTimeout(s),r()}}function ce(e,t){for(let n of[
"online","pageshow","focus","visibilitychange","pme-signed-in"])addEventListener(n,t,{signal:e})}var h=(e,t,n)=>A(e,t,o=>new Promise(r=>{f(o,()=>r(void 0)),n&&ce(
o,({type:s})=>{(s==="pme-signed-in"||T())&&setTimeout(r,500*Math.random())})}));var _=new Map,C=new Map,V=new Set,q=(e,t,n=0)=>({access_token:e,until:Date.now()+1e3*t-n,mono:performance.now()+1e3*t-n}),w=e=>Math.floor(Math.min(e.until-Date.
now(),e.mono-performance.now())/1e3),H=(e,t)=>e!==void 0&&w(e)>65&&e.access_token!==t,K=e=>({access_token:e.access_token,expires_in:w(e)});function le(){_.clear(),
C.clear()}function ve(){le(),dispatchEvent(new Event("pme-signed-in"))}var L,Ae;function Y(e){Ae??=e,!L&&(L=new BroadcastChannel("pme"),L.addEventListener("mess\
age",({data:t})=>{let{want:n,key:o,token:r,left:s,signedIn:c}=t;Ae?.(t);let i=_.get(n);i&&H(i)&&pe(n,i),s>65&&(_.has(o)||V.has(o))&&_.set(o,q(r,s)),c&&ve()}),addEventListener(
"message",({origin:t,data:n})=>{n?.pme==="signed-in"&&ae.has(t)&&ve()}))}var de=e=>L?.postMessage(e),pe=(e,t)=>L?.postMessage({key:e,token:t.access_token,left:w(
t)}),_e=e=>L?.postMessage({want:e});async function Ee(e,t,n){if(!navigator.locks)return n();let o=new AbortController,r=new AbortController,s=()=>o.abort(),c=setTimeout(
s,3e3);f(t,s,r.signal);let i=()=>{clearTimeout(c),r.abort()};try{return await navigator.locks.request("pme "+e,{signal:o.signal},()=>(i(),n()))}catch(a){if(t.aborted)
throw p();if(r.signal.aborted)throw a;return n()}finally{i()}}var fe=class{listeners=new Set;models=new Set;over=new AbortController;renew=new AbortController;constructor(t,n){this.name=t,this.want=n}add(t){let n=t.filter(
o=>!this.models.has(o));for(let o of n)this.models.add(o);n.length&&this.renew.abort()}tell(t){for(let{want:n,hear:o}of[...this.listeners])(!t||n.models.includes(
t))&&o()}spread(t){this.tell(t),de({told:this.name,model:t})}},O=new Map;function et({told:e,model:t,watching:n,models:o}){e&&O.get(e)?.tell(t),n&&o&&O.get(n)?.
add(o)}function X(e,t,n){if(t.aborted)return;Y(et);let o=e.endpoint+e.scope,r=O.get(o)??new fe(o,e),s={want:e,hear:n};r.listeners.add(s),r.add(e.models),de({watching:o,
models:e.models}),O.has(o)||(O.set(o,r),tt(r).catch(()=>{})),f(t,()=>{r.listeners.delete(s),!r.listeners.size&&(O.delete(o),r.over.abort())})}async function tt(e){
let{signal:t}=e.over;if(e.want.scope||!navigator.locks)return Se(e,t);await navigator.locks.request("pme watch "+e.name,{signal:t},()=>Se(e,t))}async function Se(e,t){
for(let n=!1;!t.aborted;){e.renew=new AbortController,f(t,()=>e.renew.abort(),e.renew.signal);let o=()=>{n&&e.spread(),n=!1},r=await nt(e,e.renew.signal,o).catch(
s=>s);if(t.aborted)return;e.renew.signal.aborted||(n=!0,r&&e.spread(),await h(r?4e4:3e3*(.5+Math.random()),t,!!r))}}async function nt(e,t,n){let{want:o}=e,r=new URL(
"watch?"+new URLSearchParams([...e.models].sort().map(a=>["modelId",a])),o.endpoint),s=typeof o.headers=="function"?await o.headers():o.headers,c=new Headers(s);
c.set("Accept","text/event-stream");let i=new AbortController;f(t,()=>i.abort(),i.signal);try{let a=await A(15e3,t,()=>(o.fetch??fetch)(r,{credentials:"include",
cache:"no-store",redirect:"manual",headers:c,signal:i.signal}));if(!a.ok||!a.body||!/^text\/event-stream/.test(a.headers.get("Content-Type")??""))throw new l("t\
ransient");let d=a.body.pipeThrough(new TextDecoderStream).getReader(),u="";for(let m=!0;;m=!1){let{done:b,value:S}=await A(m?15e3:13e4,t,v=>Promise.race([d.read(),
ot(v)]));if(b)return;m&&n();let g=(u+S).split(`

`);u=g.pop()??"";for(let v of g)rt(e,v)}}finally{i.abort()}}var ot=e=>new Promise((t,n)=>f(e,()=>n(p())));function rt(e,t){let n=/^data: (.*)$/m.exec(t);n&&e.spread(
JSON.parse(n[1]).modelId)}var Ce=new Map,Te=new Set;function P(e){Te.has(e)||console.error("pme: "+e),Te.add(e)}function Me(){addEventListener("securitypolicyviolation",({blockedURI:e,effectiveDirective:t,
disposition:n})=>{n==="enforce"&&/^http/.test(e)&&Ce.set(new URL(e).origin,t.replace("-elem",""))})}function I(e){let{origin:t}=new URL(e,document.baseURI),n=Ce.
get(t);if(n)return P(`the Content-Security-Policy of this page blocks ${t}. Add it to ${n}.`),new l("transient",{reason:"policy"})}function Re({reason:e},t){e===
"endpoint"&&P(`the answer of ${t.origin+t.pathname} is none of pme's. Is pme mounted there? Set "endpoint" to where it is.`)}async function $(e,t,n,o){try{return await A(15e3,n,async r=>{let s=typeof e.headers=="function"?await e.headers():e.headers,c=new Headers(s);c.set("Accept","ap\
plication/json");let i=await(e.fetch??fetch)(t,{credentials:"include",cache:"no-store",redirect:"manual",headers:c,signal:r}),a=await i.json().catch(()=>{});if(i.
ok&&a?.[o]!==void 0)return a;throw ke(i,a)})}catch(r){if(n.aborted)throw p();let s=I(t.href)??ye(r);throw Re(s,t),s}}async function j(e,t,n){for(let o=0;;o++)try{
return await n(o)}catch(r){if(!(r instanceof l)||r.code!=="transient")throw r;t?.(r);let s=navigator.onLine?Math.min(1e3*2**o,3e4)*(.5+Math.random()/2):3e4;await h(
Math.max(1e3*(r.retryAfter??0),s),e,!0)}}var Z=new Map;function st(e,t,n){let o=Z.get(e);if(o)return o;let r=new AbortController,s=new Set,c=j(r.signal,a=>s.forEach(d=>d.report?.(a)),()=>n(r.signal)),i={
stop:r,wants:s,answer:c};return Z.set(e,i),i}async function it(e,t){let n=new AbortController;try{return await Promise.race([e,new Promise((o,r)=>f(t,()=>r(p()),
n.signal))])}finally{n.abort()}}async function ee(e,t,n){for(Y();;){if(t.signal.aborted)throw p();let o=st(e,t,n);o.wants.add(t);try{return await it(o.answer,t.
signal)}catch(r){if(!(r instanceof l)||!/_required/.test(r.code)||(le(),!t.signedOut))throw r;t.signedOut(r)}finally{o.wants.delete(t),o.wants.size||(Z.get(e)===
o&&Z.delete(e),o.stop.abort())}await h(1e3*86400,t.signal,!0)}}var N=e=>e.endpoint+e.scope;async function M(e){return C.get(N(e))??ee("settings "+N(e),e,async t=>{
let n=await $(e,new URL("settings",e.endpoint),t,"viewer");return C.set(N(e),n),n})}var me=e=>C.delete(N(e)),Oe=e=>C.get(N(e))?.viewer,te=e=>C.get(N(e))?.watch===
!0;async function x(e){for(;;){let{viewer:t}=await M(e),n=JSON.stringify([e.endpoint,t,[...e.models].sort()]),o=()=>H(_.get(n),e.old);o()||(V.add(n),await ee(n,
e,s=>Ee(n,s,()=>at(e,n,s,o))).finally(()=>V.delete(n)));let r=_.get(n);if(r&&H(r))return r}}async function at(e,t,n,o){if(o()||(_e(t),await h(50,n)),o())return;
let r=performance.now(),{access_token:s,expires_in:c}=await $(e,z(e,"token"),n,"access_token"),i=q(s,Math.min(c,86400),performance.now()-r);if(!H(i))throw new l(
"transient");_.set(t,i),pe(t,i)}function ct({model:e,endpoint:t,signal:n=new AbortController().signal,headers:o,fetch:r,onTransient:s,onSignedOut:c}){let i={endpoint:R(
t),models:U(e),signal:n,report:s,signedOut:c,...D({headers:o,fetch:r})},a;return{async fetch(d){for(;a&&w(a)<0&&!T();)await h(6e4,n,!0);return a=await x({...i,old:d}),
K(a)}}}var he=e=>new URL("signed-in?origin="+location.origin,e).href;function ue(e){return Y(),open(he(R(e)),"pme-sign-in","popup,width=480,height=720")}var Ie=3,ge=0,Pe=e=>[...document.querySelectorAll("script[type=importmap]")].some(t=>t.textContent?.includes(e));async function Ne(e,t,n){n&&ge++;let o=ge&&!Pe(
e)?`${e}#${ge}`:e;try{return await import(/* webpackIgnore: true */ /* @vite-ignore */ o)}catch(r){throw await h(50,t),I(e)??(Pe(e)&&n+1>=Ie?De(r):new l("transient",{cause:r}))}}var De=e=>new l("failed",{cause:e,
reason:"sdk"});function Ue(e,t){return e instanceof TypeError||/load|module/i.test(e?.message??"")?t+1>=Ie?De(e):new l("transient",{cause:e,reason:"sdk"}):(P(`t\
he Showcase SDK does not open the space. Check the SDK key, and that it is registered for ${location.origin}.`),new l("failed",{cause:e}))}var we=!1,W=[];function dt(e){if(!we){we=!0;return}return new Promise((t,n)=>{let o=()=>t(void 0);W.push(o),f(e,()=>{let r=W.indexOf(o);r<0||(W.splice(r,1),n(p()))})})}
function pt(){let e=W.shift();e?e():we=!1}var qe=new Error("another space's turn");async function He(e){let t=performance.now();for(;;){await dt(e.signal);try{let n=await e.
token();return{token:n,mpSdk:await ht(e,n.access_token,t)}}catch(n){if(n!==qe)throw n}finally{pt()}}}var ft="Showcase does not answer. If this page has a Cross-\
Origin-Embedder-Policy, give it Cross-Origin-Opener-Policy: same-origin as well.";function mt({frame:e,limit:t,loaded:n},o,r){return W.length&&r>=1e4?qe:o>=t&&(n()||
o>=48e4)?new l("transient",{reason:"frame"}):(n()&&r>=1e4&&P(ft),I(e.src))}var ht=(e,t,n)=>A(2*48e4,e.signal,o=>new Promise((r,s)=>{let{sdk:c,key:i,frame:a,failures:d}=e,
u=a.contentWindow,m=performance.now(),b=c.connect?.(a,{auth:t})??c.setupSdk?.(i,{iframe:a,connectOptions:{auth:t}});Promise.resolve(b).then(r,g=>s(Ue(g,d)));let S=setInterval(
()=>{let g=performance.now(),v=mt(e,g-n,g-m);v&&s(v)},1e3);f(o,()=>{clearInterval(S),s(p());let g={reason:"given up",errorType:"ConnectionRefused"};dispatchEvent(
new MessageEvent("message",{source:u,data:{type:"postmessage.reject",payload:g}}))})}));function Ke(e,t,n,o){let{signal:r}=e,s=Oe(e),c=performance.now(),i=!1,a,d,u=()=>w(n)<0,m=async y=>{i=!0;try{return await y()}catch(k){throw k?.code!=="stopped"&&
o.fail(k),k}finally{i=!1}},b=async(y,k)=>{if(u())return o.again();if(y!==d||r.aborted)throw p();let ie=await x({...e,old:k});if(u()||s!==(await M(e)).viewer)return o.
again();if(y!==d||r.aborted)throw p();return n=ie,o.live(),o.refreshed(w(n)),K(n)},S=y=>{let k=d={};a?.dispose(),a=t.OAuth.createTokenRefresher(y,{fetch:ie=>m(()=>b(
k,ie))})},g=()=>{i||(u()?o.again():w(n)<50&&S({access_token:n.access_token,expires_in:0}))},v=async()=>{me(e);let y=(await M(e)).viewer;y!==s&&(await x(e)).access_token!==
n.access_token&&o.again(),s=y,o.live()},$e=async()=>{me(e);let y=await x({...e,old:n.access_token}),k=(await M(e)).viewer;y.access_token===n.access_token?o.live():
k!==s?o.again():S({access_token:n.access_token,expires_in:0}),s=k};S(K(n)),te(e)&&X(e,r,()=>{i||m($e).catch(()=>{})}),ce(r,()=>{g(),!(i||!T()||performance.now()-
c<1e4)&&(c=performance.now(),m(v).catch(()=>{}))});let je=setInterval(g,15e3);f(r,()=>{d=void 0,clearInterval(je),a.dispose()})}var bt="brand dh f fp gt help hl hr kb lang lp mls mt nozoom pin portal qs search sr ss start tagNav title tour ts views vr wh".split(" ");function yt(e){let t=new URLSearchParams(
e);for(let n of[...t.keys()])bt.includes(n)||t.delete(n);return t}var oe=e=>e.forEach(t=>t.remove());async function Ye(e,t){if(!e.models[0])throw new l("invalid\
_request");let{showcase:n,sdk:o,sdk_key:r}=await M(e),s=t.key??r,c=yt(t.params);if(!s)return _t(e,t,c);let i={want:e,host:t,showcase:n,sdk:o,key:s,params:c,limit:6e4,
failures:0};for(;;)for(await j(e.signal,e.report,()=>xt(i));!T();)await h(6e4,e.signal,!0)}var kt=async({want:e,host:t,sdk:n,failures:o})=>t.sdk??j(e.signal,e.report,
r=>Ne(n,e.signal,r+o));async function xt(e){let{want:t,host:n,params:o}=e,{mpSdk:r,token:s}=await vt(e).catch(d=>{throw d?.reason==="frame"&&(e.limit=Math.min(2*
e.limit,48e4)),d?.reason==="sdk"&&e.failures++,d});e.failures=0;let c=new AbortController,{signal:i}=c,a=()=>c.abort();f(t.signal,a,i);try{await new Promise((d,u)=>{
f(i,()=>u(p()));let m=()=>d(void 0);Ke({...t,signal:i},r,s,{again:m,fail:u,live:n.live,refreshed:b=>n.tell("pme-refresh",{expiresIn:b})}),n.live(),n.tell("pme-r\
eady",{mpSdk:r,model:t.models[0]})}),await At(r,o,t.signal)}finally{a(),r.disconnect?.()}}async function vt(e){let{want:t,host:n,showcase:o,key:r,params:s,limit:c,
failures:i}=e,a=kt(e);a.catch(()=>{}),await x(t);let d=n.frames(),u=new URLSearchParams([...s,["m",t.models[0]],["applicationKey",r],["play","1"]]),m=!1,b=n.frame(
`${o}/show?${u}`,{onload:()=>{m=!0},credentialless:globalThis.crossOriginIsolated});return oe(d),He({sdk:await a,key:r,frame:b,loaded:()=>m,limit:c,failures:i,signal:t.
signal,token:()=>x(t)})}async function At(e,t,n){let o=await Promise.race([h(1e3,n),Promise.resolve(e.Link?.createDeepLink()).catch(()=>{})]);for(let[r,s]of o?new URL(
o).searchParams:[])/^(ss|sr|start)$/.test(r)&&t.set(r,s)}async function _t(e,t,n){let[o]=e.models,r={...e,models:[o]};for(let s="pme-ready";;s="pme-refresh"){let{
link:c,expires_in:i}=await ee("link "+e.endpoint+e.scope+o,e,m=>$(e,z(r,"link"),m,"link")),a=q("",Math.max(65,i)-45),d=new URL(c);for(let[m,b]of n)d.searchParams.
set(m,b);let u=t.frames();for(t.frame(d,{onload:()=>oe(u)}),t.live(),t.tell(s,{expiresIn:i,model:o});w(a)>0;)await h(Math.min(15e3,1e3*w(a)),e.signal,!0)}}var Et=globalThis.HTMLElement??class{},re=(e,t={})=>Object.assign(document.createElement(e),t),St=["endpoint","upstream","policy"],se=class extends Et{static observedAttributes=[
"model","endpoint","sdk-key","params","strings","title"];#c;#r=!1;#l=!1;#s;#t;#d;#h=re("p");#p=re("a",{target:"pme-sign-in"});#f=re("div",{role:"status",hidden:!0});#i=this.
attachShadow({mode:"open"});constructor(){super(),this.#i.adoptedStyleSheets=[xe()],this.#f.append(this.#h,this.#p),this.#i.append(this.#f)}get sdk(){return this.#c}set sdk(t){
this.#c=t}get model(){return this.getAttribute("model")??""}set model(t){this.#n("model",t)}get endpoint(){return this.getAttribute("endpoint")??""}set endpoint(t){
this.#n("endpoint",t)}get sdkKey(){return this.getAttribute("sdk-key")}set sdkKey(t){this.#n("sdk-key",t)}get params(){return this.getAttribute("params")??""}set params(t){
this.#n("params",t)}get state(){return this.getAttribute("state")??""}get strings(){try{return Object(JSON.parse(this.getAttribute("strings")||"{}"))}catch{return{}}}set strings(t){
this.#n("strings",t&&(typeof t=="string"?t:JSON.stringify(t)))}#n(t,n){n==null?this.removeAttribute(t):this.setAttribute(t,n)}connectedCallback(){for(let t of["\
sdk","model","endpoint","sdkKey","params","strings"]){if(!Object.hasOwn(this,t))continue;let n=this,o=n[t];delete n[t],n[t]=o}this.#r=!0,this.reload()}disconnectedCallback(){
this.#r=!1,this.#m()}connectedMoveCallback(){}attributeChangedCallback(t,n,o){if(!(!this.#r||n===o))if(t==="title")for(let r of this.#o())r.title=this.#u();else
t==="strings"?this.#d&&this.#e(...this.#d):this.#g()}#g(){this.#l||(this.#l=!0,queueMicrotask(()=>{this.#l=!1,this.#r&&this.reload()}))}reload(){this.#m();let t=this.#s=
new AbortController,{signal:n}=t;this.#v(n).catch(o=>{if(n.aborted)return;let r=this.#o().length>0;this.#m();let s=B.includes(o.code)?o.code:"failed";o.reason===
"sdk"?this.#e(s,"broken","reload",()=>location.reload()):this.#e(s,s==="access_denied"&&r?"withdrawn":s,"again",s==="failed"?()=>this.reload():void 0),this.#a("\
pme-error",{error:o,final:!0}),s==="access_denied"&&this.#w()})}#w(){let{signal:t}=this.#s=new AbortController,n={endpoint:R(this.endpoint),models:U(this.model),
signal:t,...D({})},o=()=>{t.aborted||this.reload()};te(n)&&X(n,t,()=>{x(n).then(o,()=>{})})}#m(){this.#s?.abort(),this.#s=void 0,this.#t=void 0,oe(this.#o())}#u(){
return this.title||"Matterport"}#o(){return[...this.#i.querySelectorAll("iframe")]}#b(t,n){let o=re("iframe",{title:this.#u(),allow:"fullscreen; xr-spatial-trac\
king; autoplay",...n,src:t});return this.#i.prepend(o),o}#a(t,n){this.dispatchEvent(new CustomEvent(t,{detail:n,bubbles:!0}))}#e(t,n=t,o="again",r,s="#"){this.#d=
[t,n,o,r,s];let c={...J,...this.strings},i=t==="live"?"":c[n]??n;this.setAttribute("state",t),this.#f.hidden=!i,this.#h.textContent=i,Object.assign(this.#p,{hidden:!r,
href:s,textContent:c[o]}),this.#p.onclick=a=>r?.()===null||a.preventDefault()}#y(){this.#t=void 0,this.#e("live")}#k(t,n){if(this.#a("pme-error",{error:t,final:!1}),
St.includes(t.reason??""))return this.#x(t,n);this.#t=void 0,t.reason==="frame"?this.#e("opening","slow"):this.#e(this.#o()[0]?"waiting":"opening","waiting")}async#x(t,n){
let o=this.#t??=performance.now();await h(Math.max(0,o+1e4-performance.now()),n).catch(()=>{}),!(n.aborted||this.#t!==o)&&this.#e(this.state==="opening"?"openin\
g":"waiting",t.description??"unavailable")}async#v(t){let n=R(this.endpoint);this.#e("opening"),await Ye({endpoint:n,signal:t,models:U(this.model),...D({}),report:o=>{
this.#k(o,t)},signedOut:({code:o,loginURL:r})=>{this.#e(o,o,o==="login_required"?"sign_in":"connect",()=>ue(n),he(n)),this.#a("pme-signed-out",{code:o,loginURL:r})}},
{frames:()=>this.#o(),frame:(o,r)=>this.#b(o,r),live:()=>this.#y(),tell:(o,r)=>this.#a(o,r),params:this.params,key:this.sdkKey,sdk:this.#c})}};function Tt(){!globalThis.customElements||customElements.get("pme-space")||(Me(),customElements.define("pme-space",se))}Tt();export{l as PMEError,se as PMESpace,We as configure,ct as createFetcher,Tt as define,ue as signIn};
//# sourceMappingURL=pme.js.map
