// Made by tools/browser from pages/browser. Do not edit.
var F={},ie=new Set;function je(e){Object.assign(F,e)}function M(e){let t=e||F.endpoint,n=t?new URL(t.replace(/\/?$/,"/"),document.baseURI):new URL(".",import.meta.
url);return ie.add(n.origin),n.href}var We=0;function I({headers:e,fetch:t}){let n=e||t?" "+ ++We:"";return{headers:e??F.headers,fetch:t??F.fetch,scope:n}}function z({
endpoint:e,models:t},n){let r=new URLSearchParams(t.map(o=>["modelId",o]));return r.append("n",String(Math.random()).slice(2)),new URL(n+"?"+r,e)}var N=e=>e?.match(
/\S+/g)??[];var J={opening:"Opening the space…",slow:"The space takes longer than usual to open…",waiting:"Connection interrupted. Trying again…",unavailable:"This sp\
ace cannot be shown at the moment. Please tell the people who run this site.",login_required:"You are signed out.",reconnect_required:"This space's Matterport a\
ccount has to be connected.",access_denied:"You do not have access to this space.",withdrawn:"You no longer have access to this space.",model_not_found:"This sp\
ace is no longer available.",invalid_request:"There is no such space.",failed:"This space cannot be opened.",broken:"A part of the viewer could not be loaded. R\
eload this page to try again.",sign_in:"Sign in",connect:"Connect",again:"Try again",reload:"Reload"},G=["login_required","reconnect_required","access_denied","\
model_not_found","invalid_request","failed"];var l=class extends Error{code;loginURL;retryAfter;reason;description;cause;constructor(t,n){super(n?.description??J[t]??t),this.code=t,Object.assign(this,n)}},
p=()=>new l("stopped"),be=e=>e instanceof l?e:new l("transient",{cause:e});function ze(e){let t=e.get("Retry-After");if(!t)return 0;let n=Date.parse(e.get("Date")??
"")||Date.now(),r=isNaN(+t)?(Date.parse(t)-n)/1e3:+t;return Math.min(Math.max(r,0)||0,12e4/1e3)}var Je=[408,421,425,429];function ye(e,t){let n=t?.error==="not_\
connected"?"reconnect_required":t?.error,{status:r}=e,o=typeof t?.error_description=="string"?t.error_description:void 0;if(G.includes(n))return new l(n,{loginURL:t.
login_url});if(e.type==="opaqueredirect"||r===401)return new l("login_required");let s={retryAfter:ze(e.headers)};return n==="upstream_error"?new l("transient",
{...s,reason:"upstream",description:o}):r>=500||Je.includes(r)||typeof n=="string"?new l("transient",s):new l("transient",{...s,reason:"endpoint"})}var Ge=`
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
@keyframes breathe { to { opacity: .6; } }`,B;function xe(){return B||(B=new CSSStyleSheet,B.replaceSync(Ge.replace(/\n\s*/g,""))),B}var T=()=>!document.hidden,f=(e,t,n)=>e.addEventListener("abort",t,{once:!0,signal:n});async function A(e,t,n){if(t.aborted)throw p();let r=new AbortController,
o=()=>r.abort(),s=setTimeout(o,e);f(t,o,r.signal);try{let c=await n(r.signal);if(t.aborted)throw p();return c}finally{clearTimeout(s),o()}}function ae(e,t){for(let n of[
"online","pageshow","focus","visibilitychange","pme-signed-in"])addEventListener(n,t,{signal:e})}var h=(e,t,n)=>A(e,t,r=>new Promise(o=>{f(r,()=>o(void 0)),n&&ae(
r,({type:s})=>{(s==="pme-signed-in"||T())&&setTimeout(o,500*Math.random())})}));var _=new Map,R=new Map,V=new Set,U=(e,t,n=0)=>({access_token:e,until:Date.now()+1e3*t-n,mono:performance.now()+1e3*t-n}),w=e=>Math.floor(Math.min(e.until-Date.
now(),e.mono-performance.now())/1e3),q=(e,t)=>e!==void 0&&w(e)>65&&e.access_token!==t,D=e=>({access_token:e.access_token,expires_in:w(e)});function ce(){_.clear(),
R.clear()}function ke(){ce(),dispatchEvent(new Event("pme-signed-in"))}var C,ve;function H(e){ve??=e,!C&&(C=new BroadcastChannel("pme"),C.addEventListener("mess\
age",({data:t})=>{let{want:n,key:r,token:o,left:s,signedIn:c}=t;ve?.(t);let i=_.get(n);i&&q(i)&&de(n,i),s>65&&(_.has(r)||V.has(r))&&_.set(r,U(o,s)),c&&ke()}),addEventListener(
"message",({origin:t,data:n})=>{n?.pme==="signed-in"&&ie.has(t)&&ke()}))}var le=e=>C?.postMessage(e),de=(e,t)=>C?.postMessage({key:e,token:t.access_token,left:w(
t)}),Ae=e=>C?.postMessage({want:e});async function _e(e,t,n){if(!navigator.locks)return n();let r=new AbortController,o=new AbortController,s=()=>r.abort(),c=setTimeout(
s,3e3);f(t,s,o.signal);let i=()=>{clearTimeout(c),o.abort()};try{return await navigator.locks.request("pme "+e,{signal:r.signal},()=>(i(),n()))}catch(a){if(t.aborted)
throw p();if(o.signal.aborted)throw a;return n()}finally{i()}}var pe=class{listeners=new Set;models=new Set;over=new AbortController;renew=new AbortController;constructor(t,n){this.name=t,this.want=n}add(t){let n=t.filter(
r=>!this.models.has(r));for(let r of n)this.models.add(r);n.length&&this.renew.abort()}tell(t,n=!1){for(let{want:r,hear:o}of[...this.listeners])(!t||r.models.includes(
t))&&o(n)}spread(t,n){this.tell(t,n),le({told:this.name,model:t,revoked:n})}},O=new Map;function Ze({told:e,model:t,revoked:n,watching:r,models:o}){e&&O.get(e)?.
tell(t,n),r&&o&&O.get(r)?.add(o)}function X(e,t,n){if(t.aborted)return;H(Ze);let r=e.endpoint+e.scope,o=O.get(r)??new pe(r,e),s={want:e,hear:n};o.listeners.add(
s),o.add(e.models),le({watching:r,models:e.models}),O.has(r)||(O.set(r,o),et(o).catch(()=>{})),f(t,()=>{o.listeners.delete(s),!o.listeners.size&&(O.delete(r),o.
over.abort())})}async function et(e){let{signal:t}=e.over;if(e.want.scope||!navigator.locks)return Ee(e,t);await navigator.locks.request("pme watch "+e.name,{signal:t},
()=>Ee(e,t))}async function Ee(e,t){for(let n=!1;!t.aborted;){e.renew=new AbortController,f(t,()=>e.renew.abort(),e.renew.signal);let r=()=>{n&&e.spread(),n=!1},
o=await tt(e,e.renew.signal,r).catch(s=>s);if(t.aborted)return;if(!e.renew.signal.aborted){if(o?.status===404)return;n=!0,o&&e.spread(),await h(o?4e4:3e3*(.5+Math.
random()),t,!!o)}}}async function tt(e,t,n){let{want:r}=e,o=new URL("watch?"+new URLSearchParams([...e.models].sort().map(a=>["modelId",a])),r.endpoint),s=typeof r.
headers=="function"?await r.headers():r.headers,c=new Headers(s);c.set("Accept","text/event-stream");let i=new AbortController;f(t,()=>i.abort(),i.signal);try{let a=await A(
15e3,t,()=>(r.fetch??fetch)(o,{credentials:"include",cache:"no-store",redirect:"manual",headers:c,signal:i.signal}));if(!a.ok||!a.body||!/^text\/event-stream/.test(
a.headers.get("Content-Type")??""))throw Object.assign(new l("transient"),{status:a.status});let d=a.body.pipeThrough(new TextDecoderStream).getReader(),u="";for(let m=!0;;m=
!1){let{done:y,value:S}=await A(m?15e3:7e4,t,v=>Promise.race([d.read(),nt(v)]));if(y)return;m&&n();let b=(u+S).split(`

`);u=b.pop()??"";for(let v of b)rt(e,v)}}finally{i.abort()}}var nt=e=>new Promise((t,n)=>f(e,()=>n(p())));function rt(e,t){let n=/^data: (.*)$/m.exec(t);n&&e.spread(
JSON.parse(n[1]).modelId,/^event: renew$/m.test(t))}var Te=new Map,Se=new Set;function Z(e){Se.has(e)||console.error("pme: "+e),Se.add(e)}function Me(){addEventListener("securitypolicyviolation",({blockedURI:e,effectiveDirective:t,
disposition:n})=>{n==="enforce"&&/^http/.test(e)&&Te.set(new URL(e).origin,t.replace("-elem",""))})}function L(e){let{origin:t}=new URL(e,document.baseURI),n=Te.
get(t);if(n)return Z(`the Content-Security-Policy of this page blocks ${t}. Add it to ${n}.`),new l("transient",{reason:"policy"})}function Ce({reason:e},t){e===
"endpoint"&&Z(`the answer of ${t.origin+t.pathname} is none of pme's. Is pme mounted there? Set "endpoint" to where it is.`)}async function Y(e,t,n,r){try{return await A(15e3,n,async o=>{let s=typeof e.headers=="function"?await e.headers():e.headers,c=new Headers(s);c.set("Accept","ap\
plication/json");let i=await(e.fetch??fetch)(t,{credentials:"include",cache:"no-store",redirect:"manual",headers:c,signal:o}),a=await i.json().catch(()=>{});if(i.
ok&&a?.[r]!==void 0)return a;throw ye(i,a)})}catch(o){if(n.aborted)throw p();let s=L(t.href)??be(o);throw Ce(s,t),s}}async function K(e,t,n){for(let r=0;;r++)try{
return await n(r)}catch(o){if(!(o instanceof l)||o.code!=="transient")throw o;t?.(o);let s=navigator.onLine?Math.min(1e3*2**r,3e4)*(.5+Math.random()/2):3e4;await h(
Math.max(1e3*(o.retryAfter??0),s),e,!0)}}var ee=new Map;function ot(e,t,n){let r=ee.get(e);if(r)return r;let o=new AbortController,s=new Set,c=K(o.signal,a=>s.forEach(d=>d.report?.(a)),()=>n(o.signal)),
i={stop:o,wants:s,answer:c};return ee.set(e,i),i}async function st(e,t){let n=new AbortController;try{return await Promise.race([e,new Promise((r,o)=>f(t,()=>o(
p()),n.signal))])}finally{n.abort()}}async function te(e,t,n){for(H();;){if(t.signal.aborted)throw p();let r=ot(e,t,n);r.wants.add(t);try{return await st(r.answer,
t.signal)}catch(o){if(!(o instanceof l)||!/_required/.test(o.code)||(ce(),!t.signedOut))throw o;t.signedOut(o)}finally{r.wants.delete(t),r.wants.size||(ee.get(e)===
r&&ee.delete(e),r.stop.abort())}await h(1e3*86400,t.signal,!0)}}var $=e=>e.endpoint+e.scope;async function P(e){return R.get($(e))??te("settings "+$(e),e,async t=>{
let n=await Y(e,new URL("settings",e.endpoint),t,"viewer");return R.set($(e),n),n})}var fe=e=>R.delete($(e)),Oe=e=>R.get($(e))?.viewer;async function x(e){for(;;){
let{viewer:t}=await P(e),n=JSON.stringify([e.endpoint,t,[...e.models].sort()]),r=()=>q(_.get(n),e.old);r()||(V.add(n),await te(n,e,s=>_e(n,s,()=>it(e,n,s,r))).finally(
()=>V.delete(n)));let o=_.get(n);if(o&&q(o))return o}}async function it(e,t,n,r){if(r()||(Ae(t),await h(50,n)),r())return;let o=performance.now(),{access_token:s,
expires_in:c}=await Y(e,z(e,"token"),n,"access_token"),i=U(s,Math.min(c,86400),performance.now()-o);if(!q(i))throw new l("transient");_.set(t,i),de(t,i)}function at({
model:e,endpoint:t,signal:n=new AbortController().signal,headers:r,fetch:o,onTransient:s,onSignedOut:c}){let i={endpoint:M(t),models:N(e),signal:n,report:s,signedOut:c,
...I({headers:r,fetch:o})},a;return{async fetch(d){for(;a&&w(a)<0&&!T();)await h(6e4,n,!0);return a=await x({...i,old:d}),D(a)}}}var me=e=>new URL("signed-in?or\
igin="+location.origin,e).href;function he(e){return H(),open(me(M(e)),"pme-sign-in","popup,width=480,height=720")}var Pe=3,ue=0,Le=e=>[...document.querySelectorAll("script[type=importmap]")].some(t=>t.textContent?.includes(e));async function Ie(e,t,n){n&&ue++;let r=ue&&!Le(
e)?`${e}#${ue}`:e;try{return await import(/* webpackIgnore: true */ /* @vite-ignore */ r)}catch(o){throw await h(50,t),L(e)??(Le(e)&&n+1>=Pe?Ne(o):new l("transient",{cause:o}))}}var Ne=e=>new l("failed",{cause:e,
reason:"sdk"});function Ue(e,t){return e instanceof TypeError||/load|module/i.test(e?.message??"")?t+1>=Pe?Ne(e):new l("transient",{cause:e,reason:"sdk"}):new l(
"failed",{cause:e})}var ge=!1,j=[];function lt(e){if(!ge){ge=!0;return}return new Promise((t,n)=>{let r=()=>t(void 0);j.push(r),f(e,()=>{let o=j.indexOf(r);o<0||(j.splice(o,1),n(p()))})})}
function dt(){let e=j.shift();e?e():ge=!1}var qe=new Error("another space's turn");async function De(e){let t=performance.now();for(;;){await lt(e.signal);try{let n=await e.
token();return{token:n,mpSdk:await mt(e,n.access_token,t)}}catch(n){if(n!==qe)throw n}finally{dt()}}}var pt="Showcase does not answer. If this page has a Cross-\
Origin-Embedder-Policy, give it Cross-Origin-Opener-Policy: same-origin as well.";function ft({frame:e,limit:t,loaded:n},r,o){return j.length&&o>=1e4?qe:r>=t&&(n()||
r>=48e4)?new l("transient",{reason:"frame"}):(n()&&o>=1e4&&Z(pt),L(e.src))}var mt=(e,t,n)=>A(2*48e4,e.signal,r=>new Promise((o,s)=>{let{sdk:c,key:i,frame:a,failures:d}=e,
u=a.contentWindow,m=performance.now(),y=c.connect?.(a,{auth:t})??c.setupSdk?.(i,{iframe:a,connectOptions:{auth:t}});Promise.resolve(y).then(o,b=>s(Ue(b,d)));let S=setInterval(
()=>{let b=performance.now(),v=ft(e,b-n,b-m);v&&s(v)},1e3);f(r,()=>{clearInterval(S),s(p());let b={reason:"given up",errorType:"ConnectionRefused"};dispatchEvent(
new MessageEvent("message",{source:u,data:{type:"postmessage.reject",payload:b}}))})}));function He(e,t,n,r){let{signal:o}=e,s=Oe(e),c=performance.now(),i=!1,a,d,u=()=>w(n)<0,m=async g=>{i=!0;try{return await g()}catch(k){throw k?.code!=="stopped"&&
r.fail(k),k}finally{i=!1}},y=async(g,k)=>{if(u())return r.again();if(g!==d||o.aborted)throw p();let W=await x({...e,old:k});if(u()||s!==(await P(e)).viewer)return r.
again();if(g!==d||o.aborted)throw p();return n=W,r.live(),r.refreshed(w(n)),D(n)},S=g=>{let k=d={};a?.dispose(),a=t.OAuth.createTokenRefresher(g,{fetch:W=>m(()=>y(
k,W))})},b=()=>{i||(u()?r.again():w(n)<50&&S({access_token:n.access_token,expires_in:0}))},v=async()=>{fe(e);let g=(await P(e)).viewer;g!==s&&(await x(e)).access_token!==
n.access_token&&r.again(),s=g,r.live()},Ke=async g=>{fe(e);let k=w(n)>180;(await x({...e,old:n.access_token})).access_token===n.access_token?r.live():g||k?r.again():
S({access_token:n.access_token,expires_in:0})};S(D(n)),X(e,o,g=>{i||m(()=>Ke(g)).catch(()=>{})}),ae(o,()=>{b(),!(i||!T()||performance.now()-c<1e4)&&(c=performance.
now(),m(v).catch(()=>{}))});let $e=setInterval(b,15e3);f(o,()=>{d=void 0,clearInterval($e),a.dispose()})}var bt="brand dh f fp gt help hl hr kb lang lp mls mt nozoom pin portal qs search sr ss start tagNav title tour ts views vr wh".split(" ");function yt(e){let t=new URLSearchParams(
e);for(let n of[...t.keys()])bt.includes(n)||t.delete(n);return t}var re=e=>e.forEach(t=>t.remove());async function Ye(e,t){if(!e.models[0])throw new l("invalid\
_request");let{showcase:n,sdk:r,sdk_key:o}=await P(e),s=t.key??o,c=yt(t.params);if(!s)return _t(e,t,c);let i={want:e,host:t,showcase:n,sdk:r,key:s,params:c,limit:6e4,
failures:0};for(;;)for(await K(e.signal,e.report,()=>kt(i));!T();)await h(6e4,e.signal,!0)}var xt=async({want:e,host:t,sdk:n,failures:r})=>t.sdk??K(e.signal,e.report,
o=>Ie(n,e.signal,o+r));async function kt(e){let{want:t,host:n,params:r}=e,{mpSdk:o,token:s}=await vt(e).catch(d=>{throw d?.reason==="frame"&&(e.limit=Math.min(2*
e.limit,48e4)),d?.reason==="sdk"&&e.failures++,d});e.failures=0;let c=new AbortController,{signal:i}=c,a=()=>c.abort();f(t.signal,a,i);try{await new Promise((d,u)=>{
f(i,()=>u(p()));let m=()=>d(void 0);He({...t,signal:i},o,s,{again:m,fail:u,live:n.live,refreshed:y=>n.tell("pme-refresh",{expiresIn:y})}),n.live(),n.tell("pme-r\
eady",{mpSdk:o,model:t.models[0]})}),await At(o,r,t.signal)}finally{a(),o.disconnect?.()}}async function vt(e){let{want:t,host:n,showcase:r,key:o,params:s,limit:c,
failures:i}=e,a=xt(e);a.catch(()=>{}),await x(t);let d=n.frames(),u=new URLSearchParams([...s,["m",t.models[0]],["applicationKey",o],["play","1"]]),m=!1,y=n.frame(
`${r}/show?${u}`,{onload:()=>{m=!0},credentialless:globalThis.crossOriginIsolated});return re(d),De({sdk:await a,key:o,frame:y,loaded:()=>m,limit:c,failures:i,signal:t.
signal,token:()=>x(t)})}async function At(e,t,n){let r=await Promise.race([h(1e3,n),Promise.resolve(e.Link?.createDeepLink()).catch(()=>{})]);for(let[o,s]of r?new URL(
r).searchParams:[])/^(ss|sr|start)$/.test(o)&&t.set(o,s)}async function _t(e,t,n){let[r]=e.models,o={...e,models:[r]};for(let s="pme-ready";;s="pme-refresh"){let{
link:c,expires_in:i}=await te("link "+e.endpoint+e.scope+r,e,m=>Y(e,z(o,"link"),m,"link")),a=U("",Math.max(65,i)-45),d=new URL(c);for(let[m,y]of n)d.searchParams.
set(m,y);let u=t.frames();for(t.frame(d,{onload:()=>re(u)}),t.live(),t.tell(s,{expiresIn:i,model:r});w(a)>0;)await h(Math.min(15e3,1e3*w(a)),e.signal,!0)}}var Et=globalThis.HTMLElement??class{},oe=(e,t={})=>Object.assign(document.createElement(e),t),St=["endpoint","upstream","policy"],se=class extends Et{static observedAttributes=[
"model","endpoint","sdk-key","params","strings","title"];#c;#o=!1;#l=!1;#s;#t;#d;#h=oe("p");#p=oe("a",{target:"pme-sign-in"});#f=oe("div",{role:"status",hidden:!0});#i=this.
attachShadow({mode:"open"});constructor(){super(),this.#i.adoptedStyleSheets=[xe()],this.#f.append(this.#h,this.#p),this.#i.append(this.#f)}get sdk(){return this.#c}set sdk(t){
this.#c=t}get model(){return this.getAttribute("model")??""}set model(t){this.#n("model",t)}get endpoint(){return this.getAttribute("endpoint")??""}set endpoint(t){
this.#n("endpoint",t)}get sdkKey(){return this.getAttribute("sdk-key")}set sdkKey(t){this.#n("sdk-key",t)}get params(){return this.getAttribute("params")??""}set params(t){
this.#n("params",t)}get state(){return this.getAttribute("state")??""}get strings(){try{return Object(JSON.parse(this.getAttribute("strings")||"{}"))}catch{return{}}}set strings(t){
this.#n("strings",t&&(typeof t=="string"?t:JSON.stringify(t)))}#n(t,n){n==null?this.removeAttribute(t):this.setAttribute(t,n)}connectedCallback(){for(let t of["\
sdk","model","endpoint","sdkKey","params","strings"]){if(!Object.hasOwn(this,t))continue;let n=this,r=n[t];delete n[t],n[t]=r}this.#o=!0,this.reload()}disconnectedCallback(){
this.#o=!1,this.#m()}connectedMoveCallback(){}attributeChangedCallback(t,n,r){if(!(!this.#o||n===r))if(t==="title")for(let o of this.#r())o.title=this.#u();else
t==="strings"?this.#d&&this.#e(...this.#d):this.#g()}#g(){this.#l||(this.#l=!0,queueMicrotask(()=>{this.#l=!1,this.#o&&this.reload()}))}reload(){this.#m();let t=this.#s=
new AbortController,{signal:n}=t;this.#v(n).catch(r=>{if(n.aborted)return;let o=this.#r().length>0;this.#m();let s=G.includes(r.code)?r.code:"failed";r.reason===
"sdk"?this.#e(s,"broken","reload",()=>location.reload()):this.#e(s,s==="access_denied"&&o?"withdrawn":s,"again",s==="failed"?()=>this.reload():void 0),this.#a("\
pme-error",{error:r,final:!0}),s==="access_denied"&&this.#w()})}#w(){let{signal:t}=this.#s=new AbortController,n={endpoint:M(this.endpoint),models:N(this.model),
signal:t,...I({})};X(n,t,()=>{x(n).then(()=>{t.aborted||this.reload()},()=>{})})}#m(){this.#s?.abort(),this.#s=void 0,this.#t=void 0,re(this.#r())}#u(){return this.
title||"Matterport"}#r(){return[...this.#i.querySelectorAll("iframe")]}#b(t,n){let r=oe("iframe",{title:this.#u(),allow:"fullscreen; xr-spatial-tracking; autopl\
ay",...n,src:t});return this.#i.prepend(r),r}#a(t,n){this.dispatchEvent(new CustomEvent(t,{detail:n,bubbles:!0}))}#e(t,n=t,r="again",o,s="#"){this.#d=[t,n,r,o,s];
let c={...J,...this.strings},i=t==="live"?"":c[n]??n;this.setAttribute("state",t),this.#f.hidden=!i,this.#h.textContent=i,Object.assign(this.#p,{hidden:!o,href:s,
textContent:c[r]}),this.#p.onclick=a=>o?.()===null||a.preventDefault()}#y(){this.#t=void 0,this.#e("live")}#x(t,n){if(this.#a("pme-error",{error:t,final:!1}),St.
includes(t.reason??""))return this.#k(t,n);this.#t=void 0,t.reason==="frame"?this.#e("opening","slow"):this.#e(this.#r()[0]?"waiting":"opening","waiting")}async#k(t,n){
let r=this.#t??=performance.now();await h(Math.max(0,r+1e4-performance.now()),n).catch(()=>{}),!(n.aborted||this.#t!==r)&&this.#e(this.state==="opening"?"openin\
g":"waiting",t.description??"unavailable")}async#v(t){let n=M(this.endpoint);this.#e("opening"),await Ye({endpoint:n,signal:t,models:N(this.model),...I({}),report:r=>{
this.#x(r,t)},signedOut:({code:r,loginURL:o})=>{this.#e(r,r,r==="login_required"?"sign_in":"connect",()=>he(n),me(n)),this.#a("pme-signed-out",{code:r,loginURL:o})}},
{frames:()=>this.#r(),frame:(r,o)=>this.#b(r,o),live:()=>this.#y(),tell:(r,o)=>this.#a(r,o),params:this.params,key:this.sdkKey,sdk:this.#c})}};function Tt(){!globalThis.customElements||customElements.get("pme-space")||(Me(),customElements.define("pme-space",se))}Tt();export{l as PMEError,se as PMESpace,je as configure,at as createFetcher,Tt as define,he as signIn};
//# sourceMappingURL=pme.js.map
