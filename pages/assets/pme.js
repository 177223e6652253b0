// Made by tools/browser from pages/browser. Do not edit.
var F={},se=new Set;function We(e){Object.assign(F,e)}function R(e){let t=e||F.endpoint,n=t?new URL(t.replace(/\/?$/,"/"),document.baseURI):new URL(".",import.meta.
url);return se.add(n.origin),n.href}var Fe=0;function U({headers:e,fetch:t}){let n=e||t?" "+ ++Fe:"";return{headers:e??F.headers,fetch:t??F.fetch,scope:n}}function z({
endpoint:e,models:t},n){let o=new URLSearchParams(t.map(r=>["modelId",r]));return o.append("n",String(Math.random()).slice(2)),new URL(n+"?"+o,e)}var N=e=>e?.match(
/\S+/g)??[];var J={opening:"Opening the space…",slow:"The space takes longer than usual to open…",waiting:"Connection interrupted. Trying again…",unavailable:"This sp\
ace cannot be shown at the moment. Please tell the people who run this site.",login_required:"You are signed out.",reconnect_required:"This space's Matterport a\
ccount has to be connected.",access_denied:"You do not have access to this space.",withdrawn:"You no longer have access to this space.",model_not_found:"This sp\
ace is no longer available.",invalid_request:"There is no such space.",failed:"This space cannot be opened.",broken:"A part of the viewer could not be loaded. R\
eload this page to try again.",sign_in:"Sign in",connect:"Connect",again:"Try again",reload:"Reload"},G=["login_required","reconnect_required","access_denied","\
model_not_found","invalid_request","failed"];var l=class extends Error{code;loginURL;retryAfter;reason;description;cause;constructor(t,n){super(n?.description??J[t]??t),this.code=t,Object.assign(this,n)}},
p=()=>new l("stopped"),ge=e=>e instanceof l?e:new l("transient",{cause:e});function Je(e){let t=e.get("Retry-After");if(!t)return 0;let n=Date.parse(e.get("Date")??
"")||Date.now(),o=isNaN(+t)?(Date.parse(t)-n)/1e3:+t;return Math.min(Math.max(o,0)||0,12e4/1e3)}var Ge=[408,421,425,429];function we(e,t){let n=t?.error==="not_\
connected"?"reconnect_required":t?.error,{status:o}=e,r=typeof t?.error_description=="string"?t.error_description:void 0;if(G.includes(n))return new l(n,{loginURL:t.
login_url});if(e.type==="opaqueredirect"||o===401)return new l("login_required");let s={retryAfter:Je(e.headers)};return n==="upstream_error"?new l("transient",
{...s,reason:"upstream",description:r}):o>=500||Ge.includes(o)||typeof n=="string"?new l("transient",s):new l("transient",{...s,reason:"endpoint"})}var Be=`
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
@keyframes breathe { to { opacity: .6; } }`,B;function be(){return B||(B=new CSSStyleSheet,B.replaceSync(Be.replace(/\n\s*/g,""))),B}var T=()=>!document.hidden,f=(e,t,n)=>e.addEventListener("abort",t,{once:!0,signal:n});async function A(e,t,n){if(t.aborted)throw p();let o=new AbortController,
r=()=>o.abort(),s=setTimeout(r,e);f(t,r,o.signal);try{let c=await n(o.signal);if(t.aborted)throw p();return c}finally{clearTimeout(s),r()}}function ie(e,t){for(let n of[
"online","pageshow","focus","visibilitychange","pme-signed-in"])addEventListener(n,t,{signal:e})}var h=(e,t,n)=>A(e,t,o=>new Promise(r=>{f(o,()=>r(void 0)),n&&ie(
o,({type:s})=>{(s==="pme-signed-in"||T())&&setTimeout(r,500*Math.random())})}));var _=new Map,C=new Map,V=new Set,I=(e,t,n=0)=>({access_token:e,until:Date.now()+1e3*t-n,mono:performance.now()+1e3*t-n}),w=e=>Math.floor(Math.min(e.until-Date.
now(),e.mono-performance.now())/1e3),q=(e,t)=>e!==void 0&&w(e)>65&&e.access_token!==t,D=e=>({access_token:e.access_token,expires_in:w(e)});function ae(){_.clear(),
C.clear()}function ye(){ae(),dispatchEvent(new Event("pme-signed-in"))}var M,xe;function H(e){xe??=e,!M&&(M=new BroadcastChannel("pme"),M.addEventListener("mess\
age",({data:t})=>{let{want:n,key:o,token:r,left:s,signedIn:c}=t;xe?.(t);let i=_.get(n);i&&q(i)&&le(n,i),s>65&&(_.has(o)||V.has(o))&&_.set(o,I(r,s)),c&&ye()}),addEventListener(
"message",({origin:t,data:n})=>{n?.pme==="signed-in"&&se.has(t)&&ye()}))}var ce=e=>M?.postMessage(e),le=(e,t)=>M?.postMessage({key:e,token:t.access_token,left:w(
t)}),ke=e=>M?.postMessage({want:e});async function ve(e,t,n){if(!navigator.locks)return n();let o=new AbortController,r=new AbortController,s=()=>o.abort(),c=setTimeout(
s,3e3);f(t,s,r.signal);let i=()=>{clearTimeout(c),r.abort()};try{return await navigator.locks.request("pme "+e,{signal:o.signal},()=>(i(),n()))}catch(a){if(t.aborted)
throw p();if(r.signal.aborted)throw a;return n()}finally{i()}}var de=class{listeners=new Set;models=new Set;over=new AbortController;renew=new AbortController;constructor(t,n){this.name=t,this.want=n}add(t){let n=t.filter(
o=>!this.models.has(o));for(let o of n)this.models.add(o);n.length&&this.renew.abort()}tell(t,n=!1){for(let{want:o,hear:r}of[...this.listeners])(!t||o.models.includes(
t))&&r(n)}spread(t,n){this.tell(t,n),ce({told:this.name,model:t,revoked:n})}},L=new Map;function et({told:e,model:t,revoked:n,watching:o,models:r}){e&&L.get(e)?.
tell(t,n),o&&r&&L.get(o)?.add(r)}function X(e,t,n){if(t.aborted)return;H(et);let o=e.endpoint+e.scope,r=L.get(o)??new de(o,e),s={want:e,hear:n};r.listeners.add(
s),r.add(e.models),ce({watching:o,models:e.models}),L.has(o)||(L.set(o,r),tt(r).catch(()=>{})),f(t,()=>{r.listeners.delete(s),!r.listeners.size&&(L.delete(o),r.
over.abort())})}async function tt(e){let{signal:t}=e.over;if(e.want.scope||!navigator.locks)return Ae(e,t);await navigator.locks.request("pme watch "+e.name,{signal:t},
()=>Ae(e,t))}async function Ae(e,t){for(let n=!1;!t.aborted;){e.renew=new AbortController,f(t,()=>e.renew.abort(),e.renew.signal);let o=()=>{n&&e.spread(),n=!1},
r=await nt(e,e.renew.signal,o).catch(s=>s);if(t.aborted)return;if(!e.renew.signal.aborted){if(r?.status===404)return;n=!0,r&&e.spread(),await h(r?4e4:3e3*(.5+Math.
random()),t,!!r)}}}async function nt(e,t,n){let{want:o}=e,r=new URL("watch?"+new URLSearchParams([...e.models].sort().map(a=>["modelId",a])),o.endpoint),s=typeof o.
headers=="function"?await o.headers():o.headers,c=new Headers(s);c.set("Accept","text/event-stream");let i=new AbortController;f(t,()=>i.abort(),i.signal);try{let a=await A(
15e3,t,()=>(o.fetch??fetch)(r,{credentials:"include",cache:"no-store",redirect:"manual",headers:c,signal:i.signal}));if(!a.ok||!a.body||!/^text\/event-stream/.test(
a.headers.get("Content-Type")??""))throw Object.assign(new l("transient"),{status:a.status});let d=a.body.pipeThrough(new TextDecoderStream).getReader(),u="";for(let m=!0;;m=
!1){let{done:y,value:S}=await A(m?15e3:7e4,t,v=>Promise.race([d.read(),ot(v)]));if(y)return;m&&n();let b=(u+S).split(`

`);u=b.pop()??"";for(let v of b)rt(e,v)}}finally{i.abort()}}var ot=e=>new Promise((t,n)=>f(e,()=>n(p())));function rt(e,t){let n=/^data: (.*)$/m.exec(t);n&&e.spread(
JSON.parse(n[1]).modelId,/^event: renew$/m.test(t))}var Ee=new Map,_e=new Set;function Se(e){_e.has(e)||console.error("pme: "+e),_e.add(e)}var Te=new Set,Re=e=>globalThis.crossOriginIsolated||Te.has(new URL(e).origin);
function Me(){globalThis.ReportingObserver&&new ReportingObserver(t=>{for(let{body:n}of t){let{blockedURL:o}=n??{};o&&Te.add(new URL(o).origin)}},{types:["coep"],
buffered:!0}).observe(),addEventListener("securitypolicyviolation",({blockedURI:e,effectiveDirective:t,disposition:n})=>{n==="enforce"&&/^http/.test(e)&&Ee.set(
new URL(e).origin,t.replace("-elem",""))})}function O(e){let{origin:t}=new URL(e,document.baseURI),n=Ee.get(t);if(n)return Se(`the Content-Security-Policy of th\
is page blocks ${t}. Add it to ${n}.`),new l("transient",{reason:"policy"})}function Ce({reason:e},t){e==="endpoint"&&Se(`the answer of ${t.origin+t.pathname} i\
s none of pme's. Is pme mounted there? Set "endpoint" to where it is.`)}async function Y(e,t,n,o){try{return await A(15e3,n,async r=>{let s=typeof e.headers=="function"?await e.headers():e.headers,c=new Headers(s);c.set("Accept","ap\
plication/json");let i=await(e.fetch??fetch)(t,{credentials:"include",cache:"no-store",redirect:"manual",headers:c,signal:r}),a=await i.json().catch(()=>{});if(i.
ok&&a?.[o]!==void 0)return a;throw we(i,a)})}catch(r){if(n.aborted)throw p();let s=O(t.href)??ge(r);throw Ce(s,t),s}}async function K(e,t,n){for(let o=0;;o++)try{
return await n(o)}catch(r){if(!(r instanceof l)||r.code!=="transient")throw r;t?.(r);let s=navigator.onLine?Math.min(1e3*2**o,3e4)*(.5+Math.random()/2):3e4;await h(
Math.max(1e3*(r.retryAfter??0),s),e,!0)}}var Z=new Map;function st(e,t,n){let o=Z.get(e);if(o)return o;let r=new AbortController,s=new Set,c=K(r.signal,a=>s.forEach(d=>d.report?.(a)),()=>n(r.signal)),i={
stop:r,wants:s,answer:c};return Z.set(e,i),i}async function it(e,t){let n=new AbortController;try{return await Promise.race([e,new Promise((o,r)=>f(t,()=>r(p()),
n.signal))])}finally{n.abort()}}async function ee(e,t,n){for(H();;){if(t.signal.aborted)throw p();let o=st(e,t,n);o.wants.add(t);try{return await it(o.answer,t.
signal)}catch(r){if(!(r instanceof l)||!/_required/.test(r.code)||(ae(),!t.signedOut))throw r;t.signedOut(r)}finally{o.wants.delete(t),o.wants.size||(Z.get(e)===
o&&Z.delete(e),o.stop.abort())}await h(1e3*86400,t.signal,!0)}}var $=e=>e.endpoint+e.scope;async function P(e){return C.get($(e))??ee("settings "+$(e),e,async t=>{
let n=await Y(e,new URL("settings",e.endpoint),t,"viewer");return C.set($(e),n),n})}var pe=e=>C.delete($(e)),Oe=e=>C.get($(e))?.viewer;async function x(e){for(;;){
let{viewer:t}=await P(e),n=JSON.stringify([e.endpoint,t,[...e.models].sort()]),o=()=>q(_.get(n),e.old);o()||(V.add(n),await ee(n,e,s=>ve(n,s,()=>at(e,n,s,o))).finally(
()=>V.delete(n)));let r=_.get(n);if(r&&q(r))return r}}async function at(e,t,n,o){if(o()||(ke(t),await h(50,n)),o())return;let r=performance.now(),{access_token:s,
expires_in:c}=await Y(e,z(e,"token"),n,"access_token"),i=I(s,Math.min(c,86400),performance.now()-r);if(!q(i))throw new l("transient");_.set(t,i),le(t,i)}function ct({
model:e,endpoint:t,signal:n=new AbortController().signal,headers:o,fetch:r,onTransient:s,onSignedOut:c}){let i={endpoint:R(t),models:N(e),signal:n,report:s,signedOut:c,
...U({headers:o,fetch:r})},a;return{async fetch(d){for(;a&&w(a)<0&&!T();)await h(6e4,n,!0);return a=await x({...i,old:d}),D(a)}}}var fe=e=>new URL("signed-in?or\
igin="+location.origin,e).href;function me(e){return H(),open(fe(R(e)),"pme-sign-in","popup,width=480,height=720")}var Ue=3,he=0,Pe=e=>[...document.querySelectorAll("script[type=importmap]")].some(t=>t.textContent?.includes(e));async function Ne(e,t,n){n&&he++;let o=he&&!Pe(
e)?`${e}#${he}`:e;try{return await import(/* webpackIgnore: true */ /* @vite-ignore */ o)}catch(r){throw await h(50,t),O(e)??(Pe(e)&&n+1>=Ue?Ie(r):new l("transient",{cause:r}))}}var Ie=e=>new l("failed",{cause:e,
reason:"sdk"});function qe(e,t){return e instanceof TypeError||/module/i.test(e?.message??"")?t+1>=Ue?Ie(e):new l("transient",{cause:e,reason:"sdk"}):new l("fai\
led",{cause:e})}var ue=!1,j=[];function dt(e){if(!ue){ue=!0;return}return new Promise((t,n)=>{let o=()=>t(void 0);j.push(o),f(e,()=>{let r=j.indexOf(o);r<0||(j.splice(r,1),n(p()))})})}
function pt(){let e=j.shift();e?e():ue=!1}var De=new Error("another space's turn");async function He(e){let t=performance.now();for(;;){await dt(e.signal);try{let n=await e.
token();return{token:n,mpSdk:await mt(e,n.access_token,t)}}catch(n){if(n!==De)throw n}finally{pt()}}}function ft({frame:e,limit:t,loaded:n},o,r){return j.length&&
r>=1e4?De:o>=t&&(n()||o>=48e4)?new l("transient",{reason:"frame"}):O(e.src)}var mt=(e,t,n)=>A(2*48e4,e.signal,o=>new Promise((r,s)=>{let{sdk:c,key:i,frame:a,failures:d}=e,
u=a.contentWindow,m=performance.now(),y=c.connect?.(a,{auth:t})??c.setupSdk?.(i,{iframe:a,connectOptions:{auth:t}});Promise.resolve(y).then(r,b=>s(qe(b,d)));let S=setInterval(
()=>{let b=performance.now(),v=ft(e,b-n,b-m);v&&s(v)},1e3);f(o,()=>{clearInterval(S),s(p());let b={reason:"given up",errorType:"ConnectionRefused"};dispatchEvent(
new MessageEvent("message",{source:u,data:{type:"postmessage.reject",payload:b}}))})}));function Ye(e,t,n,o){let{signal:r}=e,s=Oe(e),c=performance.now(),i=!1,a,d,u=()=>w(n)<0,m=async g=>{i=!0;try{return await g()}catch(k){throw k?.code!=="stopped"&&
o.fail(k),k}finally{i=!1}},y=async(g,k)=>{if(u())return o.again();if(g!==d||r.aborted)throw p();let W=await x({...e,old:k});if(u()||s!==(await P(e)).viewer)return o.
again();if(g!==d||r.aborted)throw p();return n=W,o.live(),o.refreshed(w(n)),D(n)},S=g=>{let k=d={};a?.dispose(),a=t.OAuth.createTokenRefresher(g,{fetch:W=>m(()=>y(
k,W))})},b=()=>{i||(u()?o.again():w(n)<50&&S({access_token:n.access_token,expires_in:0}))},v=async()=>{pe(e);let g=(await P(e)).viewer;g!==s&&(await x(e)).access_token!==
n.access_token&&o.again(),s=g,o.live()},$e=async g=>{pe(e);let k=w(n)>180;(await x({...e,old:n.access_token})).access_token===n.access_token?o.live():g||k?o.again():
S({access_token:n.access_token,expires_in:0})};S(D(n)),X(e,r,g=>{i||m(()=>$e(g)).catch(()=>{})}),ie(r,()=>{b(),!(i||!T()||performance.now()-c<1e4)&&(c=performance.
now(),m(v).catch(()=>{}))});let je=setInterval(b,15e3);f(r,()=>{d=void 0,clearInterval(je),a.dispose()})}var bt="brand dh f fp gt help hl hr kb lang lp mls mt nozoom pin portal qs search sr ss start tagNav title tour ts views vr wh".split(" ");function yt(e){let t=new URLSearchParams(
e);for(let n of[...t.keys()])bt.includes(n)||t.delete(n);return t}var ne=e=>e.forEach(t=>t.remove());async function Ke(e,t){if(!e.models[0])throw new l("invalid\
_request");let{showcase:n,sdk:o,sdk_key:r}=await P(e),s=t.key??r,c=yt(t.params);if(!s)return _t(e,t,c);let i={want:e,host:t,showcase:n,sdk:o,key:s,params:c,limit:6e4,
failures:0};for(;;)for(await K(e.signal,e.report,()=>kt(i));!T();)await h(6e4,e.signal,!0)}var xt=async({want:e,host:t,sdk:n,failures:o})=>t.sdk??K(e.signal,e.report,
r=>Ne(n,e.signal,r+o));async function kt(e){let{want:t,host:n,params:o}=e,{mpSdk:r,token:s}=await vt(e).catch(d=>{throw d?.reason==="frame"&&(e.limit=Math.min(2*
e.limit,48e4)),d?.reason==="sdk"&&e.failures++,d});e.failures=0;let c=new AbortController,{signal:i}=c,a=()=>c.abort();f(t.signal,a,i);try{await new Promise((d,u)=>{
f(i,()=>u(p()));let m=()=>d(void 0);Ye({...t,signal:i},r,s,{again:m,fail:u,live:n.live,refreshed:y=>n.tell("pme-refresh",{expiresIn:y})}),n.live(),n.tell("pme-r\
eady",{mpSdk:r,model:t.models[0]})}),await At(r,o,t.signal)}finally{a(),r.disconnect?.()}}async function vt(e){let{want:t,host:n,showcase:o,key:r,params:s,limit:c,
failures:i}=e,a=xt(e);a.catch(()=>{}),await x(t);let d=n.frames(),u=new URLSearchParams([...s,["m",t.models[0]],["applicationKey",r],["play","1"]]),m=!1,y=n.frame(
`${o}/show?${u}`,{onload:()=>{m=!0},credentialless:Re(o)});return ne(d),He({sdk:await a,key:r,frame:y,loaded:()=>m,limit:c,failures:i,signal:t.signal,token:()=>x(
t)})}async function At(e,t,n){let o=await Promise.race([h(1e3,n),Promise.resolve(e.Link?.createDeepLink()).catch(()=>{})]);for(let[r,s]of o?new URL(o).searchParams:
[])/^(ss|sr|start)$/.test(r)&&t.set(r,s)}async function _t(e,t,n){let[o]=e.models,r={...e,models:[o]};for(let s="pme-ready";;s="pme-refresh"){let{link:c,expires_in:i}=await ee(
"link "+e.endpoint+e.scope+o,e,m=>Y(e,z(r,"link"),m,"link")),a=I("",Math.max(65,i)-45),d=new URL(c);for(let[m,y]of n)d.searchParams.set(m,y);let u=t.frames();for(t.
frame(d,{onload:()=>ne(u)}),t.live(),t.tell(s,{expiresIn:i,model:o});w(a)>0;)await h(Math.min(15e3,1e3*w(a)),e.signal,!0)}}var St=globalThis.HTMLElement??class{},oe=(e,t={})=>Object.assign(document.createElement(e),t),Tt=["endpoint","upstream","policy"],re=class extends St{static observedAttributes=[
"model","endpoint","sdk-key","params","strings","title"];#c;#r=!1;#l=!1;#s;#t;#d;#h=oe("p");#p=oe("a",{target:"pme-sign-in"});#f=oe("div",{role:"status",hidden:!0});#i=this.
attachShadow({mode:"open"});constructor(){super(),this.#i.adoptedStyleSheets=[be()],this.#f.append(this.#h,this.#p),this.#i.append(this.#f)}get sdk(){return this.#c}set sdk(t){
this.#c=t}get model(){return this.getAttribute("model")??""}set model(t){this.#n("model",t)}get endpoint(){return this.getAttribute("endpoint")??""}set endpoint(t){
this.#n("endpoint",t)}get sdkKey(){return this.getAttribute("sdk-key")}set sdkKey(t){this.#n("sdk-key",t)}get params(){return this.getAttribute("params")??""}set params(t){
this.#n("params",t)}get state(){return this.getAttribute("state")??""}get strings(){try{return Object(JSON.parse(this.getAttribute("strings")||"{}"))}catch{return{}}}set strings(t){
this.#n("strings",t&&(typeof t=="string"?t:JSON.stringify(t)))}#n(t,n){n==null?this.removeAttribute(t):this.setAttribute(t,n)}connectedCallback(){for(let t of["\
sdk","model","endpoint","sdkKey","params","strings"]){if(!Object.hasOwn(this,t))continue;let n=this,o=n[t];delete n[t],n[t]=o}this.#r=!0,this.reload()}disconnectedCallback(){
this.#r=!1,this.#m()}connectedMoveCallback(){}attributeChangedCallback(t,n,o){if(!(!this.#r||n===o))if(t==="title")for(let r of this.#o())r.title=this.#u();else
t==="strings"?this.#d&&this.#e(...this.#d):this.#g()}#g(){this.#l||(this.#l=!0,queueMicrotask(()=>{this.#l=!1,this.#r&&this.reload()}))}reload(){this.#m();let t=this.#s=
new AbortController,{signal:n}=t;this.#v(n).catch(o=>{if(n.aborted)return;let r=this.#o().length>0;this.#m();let s=G.includes(o.code)?o.code:"failed";o.reason===
"sdk"?this.#e(s,"broken","reload",()=>location.reload()):this.#e(s,s==="access_denied"&&r?"withdrawn":s,"again",s==="failed"?()=>this.reload():void 0),this.#a("\
pme-error",{error:o,final:!0}),s==="access_denied"&&this.#w()})}#w(){let{signal:t}=this.#s=new AbortController,n={endpoint:R(this.endpoint),models:N(this.model),
signal:t,...U({})};X(n,t,()=>{x(n).then(()=>{t.aborted||this.reload()},()=>{})})}#m(){this.#s?.abort(),this.#s=void 0,this.#t=void 0,ne(this.#o())}#u(){return this.
title||"Matterport"}#o(){return[...this.#i.querySelectorAll("iframe")]}#b(t,n){let o=oe("iframe",{title:this.#u(),allow:"fullscreen; xr-spatial-tracking; autopl\
ay",...n,src:t});return this.#i.prepend(o),o}#a(t,n){this.dispatchEvent(new CustomEvent(t,{detail:n,bubbles:!0}))}#e(t,n=t,o="again",r,s="#"){this.#d=[t,n,o,r,s];
let c={...J,...this.strings},i=t==="live"?"":c[n]??n;this.setAttribute("state",t),this.#f.hidden=!i,this.#h.textContent=i,Object.assign(this.#p,{hidden:!r,href:s,
textContent:c[o]}),this.#p.onclick=a=>r?.()===null||a.preventDefault()}#y(){this.#t=void 0,this.#e("live")}#x(t,n){if(this.#a("pme-error",{error:t,final:!1}),Tt.
includes(t.reason??""))return this.#k(t,n);this.#t=void 0,t.reason==="frame"?this.#e("opening","slow"):this.#e(this.#o()[0]?"waiting":"opening","waiting")}async#k(t,n){
let o=this.#t??=performance.now();await h(Math.max(0,o+1e4-performance.now()),n).catch(()=>{}),!(n.aborted||this.#t!==o)&&this.#e(this.state==="opening"?"openin\
g":"waiting",t.description??"unavailable")}async#v(t){let n=R(this.endpoint);this.#e("opening"),await Ke({endpoint:n,signal:t,models:N(this.model),...U({}),report:o=>{
this.#x(o,t)},signedOut:({code:o,loginURL:r})=>{this.#e(o,o,o==="login_required"?"sign_in":"connect",()=>me(n),fe(n)),this.#a("pme-signed-out",{code:o,loginURL:r})}},
{frames:()=>this.#o(),frame:(o,r)=>this.#b(o,r),live:()=>this.#y(),tell:(o,r)=>this.#a(o,r),params:this.params,key:this.sdkKey,sdk:this.#c})}};function Rt(){!globalThis.customElements||customElements.get("pme-space")||(Me(),customElements.define("pme-space",re))}Rt();export{l as PMEError,re as PMESpace,We as configure,ct as createFetcher,Rt as define,me as signIn};
//# sourceMappingURL=pme.js.map
