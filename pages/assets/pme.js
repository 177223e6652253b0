// Made by tools/browser from pages/browser. Do not edit.
var B={},ae=new Set;function Ve(e){Object.assign(B,e)}function O(e){let t=e||B.endpoint,n=t?new URL(t.replace(/\/?$/,"/"),document.baseURI):new URL(".",import.meta.
url);return ae.add(n.origin),n.href}var Xe=0;function H({headers:e,fetch:t}){let n=e||t?" "+ ++Xe:"";return{headers:e??B.headers,fetch:t??B.fetch,scope:n}}function Q({
endpoint:e,models:t},n){let o=new URLSearchParams(t.map(r=>["modelId",r]));return o.append("n",String(Math.random()).slice(2)),new URL(n+"?"+o,e)}var R=e=>e?.match(
/\S+/g)??[];var G={opening:"Opening the space…",slow:"The space takes longer than usual to open…",waiting:"Connection interrupted. Trying again…",unavailable:"This sp\
ace cannot be shown at the moment. Please tell the people who run this site.",login_required:"You are signed out.",reconnect_required:"This space's Matterport a\
ccount has to be connected.",access_denied:"You do not have access to this space.",withdrawn:"You no longer have access to this space.",model_not_found:"This sp\
ace is no longer available.",invalid_request:"There is no such space.",failed:"This space cannot be opened.",broken:"A part of the viewer could not be loaded. R\
eload this page to try again.",sign_in:"Sign in",connect:"Connect",again:"Try again",reload:"Reload"},V=["login_required","reconnect_required","access_denied","\
model_not_found","invalid_request","failed"];var d=class extends Error{code;loginURL;retryAfter;reason;description;cause;constructor(t,n){super(n?.description??G[t]??t),this.code=t,Object.assign(this,n)}},
m=()=>new d("stopped"),xe=e=>e instanceof d?e:new d("transient",{cause:e});function et(e){let t=e.get("Retry-After");if(!t)return 0;let n=Date.parse(e.get("Date")??
"")||Date.now(),o=isNaN(+t)?(Date.parse(t)-n)/1e3:+t;return Math.min(Math.max(o,0)||0,12e4/1e3)}var tt=[408,421,425,429];function ve(e,t){let n=t?.error==="not_\
connected"?"reconnect_required":t?.error,{status:o}=e,r=typeof t?.error_description=="string"?t.error_description:void 0;if(V.includes(n))return new d(n,{loginURL:t.
login_url});if(e.type==="opaqueredirect"||o===401)return new d("login_required");let s={retryAfter:et(e.headers)};return n==="upstream_error"?new d("transient",
{...s,reason:"upstream",description:r}):o>=500||tt.includes(o)||typeof n=="string"?new d("transient",s):new d("transient",{...s,reason:"endpoint"})}var nt=`
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
@keyframes breathe { to { opacity: .6; } }`,X;function Ae(){return X||(X=new CSSStyleSheet,X.replaceSync(nt.replace(/\n\s*/g,""))),X}var C=()=>!document.hidden,h=(e,t,n)=>e.addEventListener("abort",t,{once:!0,signal:n});async function E(e,t,n){if(t.aborted)throw m();let o=new AbortController,
r=()=>o.abort(),s=setTimeout(r,e);h(t,r,o.signal);try{let i=await n(o.signal);if(t.aborted)throw m();return i}finally{clearTimeout(s),r()}}function ce(e,t){for(let n of[
"online","pageshow","focus","visibilitychange","pme-signed-in"])addEventListener(n,t,{signal:e})}var g=(e,t,n)=>E(e,t,o=>new Promise(r=>{h(o,()=>r(void 0)),n&&ce(
o,({type:s})=>{(s==="pme-signed-in"||C())&&setTimeout(r,500*Math.random())})}));var S=new Map,T=new Map,ee=new Set,K=(e,t,n=0)=>({access_token:e,until:Date.now()+1e3*t-n,mono:performance.now()+1e3*t-n}),y=e=>Math.floor(Math.min(e.until-Date.
now(),e.mono-performance.now())/1e3),j=(e,t)=>e!==void 0&&y(e)>65&&e.access_token!==t,Y=e=>({access_token:e.access_token,expires_in:y(e)});function le(){S.clear(),
T.clear()}function _e(){le(),dispatchEvent(new Event("pme-signed-in"))}var L,Ee;function $(e){Ee??=e,!L&&(L=new BroadcastChannel("pme"),L.addEventListener("mess\
age",({data:t})=>{let{want:n,key:o,token:r,left:s,signedIn:i}=t;Ee?.(t);let a=S.get(n);a&&j(a)&&fe(n,a),s>65&&(S.has(o)||ee.has(o))&&S.set(o,K(r,s)),i&&_e()}),addEventListener(
"message",({origin:t,data:n})=>{n?.pme==="signed-in"&&ae.has(t)&&_e()}))}var de=e=>L?.postMessage(e),fe=(e,t)=>L?.postMessage({key:e,token:t.access_token,left:y(
t)}),Se=e=>L?.postMessage({want:e});async function Te(e,t,n){if(!navigator.locks)return n();let o=new AbortController,r=new AbortController,s=()=>o.abort(),i=setTimeout(
s,3e3);h(t,s,r.signal);let a=()=>{clearTimeout(i),r.abort()};try{return await navigator.locks.request("pme "+e,{signal:o.signal},()=>(a(),n()))}catch(c){if(t.aborted)
throw m();if(r.signal.aborted)throw c;return n()}finally{a()}}var pe=class{listeners=new Set;models=new Set;over=new AbortController;renew=new AbortController;constructor(t,n){this.name=t,this.want=n}add(t){let n=t.filter(
o=>!this.models.has(o));for(let o of n)this.models.add(o);n.length&&this.renew.abort()}tell(t){for(let{want:n,hear:o}of[...this.listeners])(!t||n.models.includes(
t))&&o()}spread(t){this.tell(t),de({told:this.name,model:t})}},I=new Map;function at({told:e,model:t,watching:n,models:o}){e&&I.get(e)?.tell(t),n&&o&&I.get(n)?.
add(o)}function N(e,t,n){if(t.aborted)return;$(at);let o=e.endpoint+e.scope,r=I.get(o)??new pe(o,e),s={want:e,hear:n};r.listeners.add(s),r.add(e.models),de({watching:o,
models:e.models}),I.has(o)||(I.set(o,r),ct(r).catch(()=>{})),h(t,()=>{r.listeners.delete(s),!r.listeners.size&&(I.delete(o),r.over.abort())})}async function ct(e){
let{signal:t}=e.over;if(e.want.scope||!navigator.locks)return Re(e,t);await navigator.locks.request("pme watch "+e.name,{signal:t},()=>Re(e,t))}async function Re(e,t){
for(let n=!1;!t.aborted;){e.renew=new AbortController,h(t,()=>e.renew.abort(),e.renew.signal);let o=()=>{n&&e.spread(),n=!1},r=await lt(e,e.renew.signal,o).catch(
s=>s);if(t.aborted)return;e.renew.signal.aborted||(n=!0,r&&e.spread(),await g(r?4e4:3e3*(.5+Math.random()),t,!!r))}}async function lt(e,t,n){let{want:o}=e,r=new URL(
"watch?"+new URLSearchParams([...e.models].sort().map(c=>["modelId",c])),o.endpoint),s=typeof o.headers=="function"?await o.headers():o.headers,i=new Headers(s);
i.set("Accept","text/event-stream");let a=new AbortController;h(t,()=>a.abort(),a.signal);try{let c=await E(15e3,t,()=>(o.fetch??fetch)(r,{credentials:"include",
cache:"no-store",redirect:"manual",headers:i,signal:a.signal}));if(!c.ok||!c.body||!/^text\/event-stream/.test(c.headers.get("Content-Type")??""))throw new d("t\
ransient");let l=c.body.pipeThrough(new TextDecoderStream).getReader(),f="";for(let u=!0;;u=!1){let{done:p,value:k}=await E(u?15e3:13e4,t,b=>Promise.race([l.read(),
dt(b)]));if(p)return;u&&n();let w=(f+k).split(`

`);f=w.pop()??"";for(let b of w)ft(e,b)}}finally{a.abort()}}var dt=e=>new Promise((t,n)=>h(e,()=>n(m())));function ft(e,t){let n=/^data: (.*)$/m.exec(t);n&&e.spread(
JSON.parse(n[1]).modelId)}var Me=new Map,Ce=new Set;function U(e){Ce.has(e)||console.error("pme: "+e),Ce.add(e)}function Pe(){addEventListener("securitypolicyviolation",({blockedURI:e,effectiveDirective:t,
disposition:n})=>{n==="enforce"&&/^http/.test(e)&&Me.set(new URL(e).origin,t.replace("-elem",""))})}function D(e){let{origin:t}=new URL(e,document.baseURI),n=Me.
get(t);if(n)return U(`the Content-Security-Policy of this page blocks ${t}. Add it to ${n}.`),new d("transient",{reason:"policy"})}function Oe({reason:e},t){e===
"endpoint"&&U(`the answer of ${t.origin+t.pathname} is none of pme's. Is pme mounted there? Set "endpoint" to where it is.`)}async function W(e,t,n,o,r){try{return await E(15e3,n,async s=>{let i=typeof e.headers=="function"?await e.headers():e.headers,a=new Headers(i);a.set("Accept","\
application/json");let[c,l]=await mt(r,s)??await pt(await(e.fetch??fetch)(t,{credentials:"include",cache:"no-store",redirect:"manual",headers:a,signal:s}));if(c.
ok&&l?.[o]!==void 0)return l;throw ve(c,l)})}catch(s){if(n.aborted)throw m();let i=D(t.href)??xe(s);throw Oe(i,t),i}}var pt=async e=>[e,await e.json().catch(()=>{})],
mt=(e,t)=>e&&Promise.race([e,new Promise((n,o)=>h(t,()=>o(m())))]);async function F(e,t,n){for(let o=0;;o++)try{return await n(o)}catch(r){if(!(r instanceof d)||
r.code!=="transient")throw r;t?.(r);let s=navigator.onLine?Math.min(1e3*2**o,3e4)*(.5+Math.random()/2):3e4;await g(Math.max(1e3*(r.retryAfter??0),s),e,!0)}}var me=new Map,Le=(e,t)=>t&&me.set(e,t);function Ie({endpoint:e,models:t,scope:n,headers:o,fetch:r,old:s}){let{tokens:i=[]}=me.get(e)??{},a=f=>[...f].sort().join(),
c=n||o||r||s?-1:i.findIndex(f=>a(R(f.models))===a(t));if(c<0)return;let[l]=i.splice(c,1);if(performance.now()-l.at<15e3)return l}var Ne=e=>[...me.values()].find(
({sdk:t})=>t===e)?.module;var te=new Map;function ut(e,t,n){let o=te.get(e);if(o)return o;let r=new AbortController,s=new Set,i=F(r.signal,c=>s.forEach(l=>l.report?.(c)),()=>n(r.signal)),
a={stop:r,wants:s,answer:i};return te.set(e,a),a}async function gt(e,t){let n=new AbortController;try{return await Promise.race([e,new Promise((o,r)=>h(t,()=>r(
m()),n.signal))])}finally{n.abort()}}async function ne(e,t,n){for($();;){if(t.signal.aborted)throw m();let o=ut(e,t,n);o.wants.add(t);try{return await gt(o.answer,
t.signal)}catch(r){if(!(r instanceof d)||!/_required/.test(r.code)||(le(),!t.signedOut))throw r;t.signedOut(r)}finally{o.wants.delete(t),o.wants.size||(te.get(e)===
o&&te.delete(e),o.stop.abort())}await g(1e3*86400,t.signal,!0)}}var M=e=>e.endpoint+e.scope;function wt(e){if(!e.scope)for(let t of document.querySelectorAll("s\
cript.pme-settings")){if(new URL(t.dataset.endpoint??"",document.baseURI).href!==e.endpoint)continue;t.remove(),Le(e.endpoint,t.begun);let n=JSON.parse(t.textContent??
"");return T.set(M(e),n),n}}async function P(e){return T.get(M(e))??wt(e)??ne("settings "+M(e),e,async t=>{let n=await W(e,new URL("settings",e.endpoint),t,"vie\
wer");return T.set(M(e),n),n})}var he=e=>T.delete(M(e)),De=e=>T.get(M(e))?.viewer,q=e=>T.get(M(e))?.watch===!0;async function _(e){for(;;){let{viewer:t}=await P(
e),n=JSON.stringify([e.endpoint,t,[...e.models].sort()]),o=()=>j(S.get(n),e.old);o()||(ee.add(n),await ne(n,e,s=>{let i=Ie(e);return i?qe(e,n,s,i):Te(n,s,()=>bt(
e,n,s,o))}).finally(()=>ee.delete(n)));let r=S.get(n);if(r&&j(r))return r}}async function bt(e,t,n,o){o()||(Se(t),await g(50,n)),o()||await qe(e,t,n,{at:performance.
now()})}async function qe(e,t,n,{at:o,answer:r}){let{access_token:s,expires_in:i}=await W(e,Q(e,"token"),n,"access_token",r),a=K(s,Math.min(i,86400),performance.
now()-o);if(!j(a))throw new d("transient");S.set(t,a),fe(t,a)}function yt({model:e,endpoint:t,signal:n=new AbortController().signal,headers:o,fetch:r,onTransient:s,
onSignedOut:i}){let a={endpoint:O(t),models:R(e),signal:n,report:s,signedOut:i,...H({headers:o,fetch:r})},c;return{async fetch(l){for(;c&&y(c)<0&&!C();)await g(
6e4,n,!0);return c=await _({...a,old:l}),Y(c)}}}var ue=e=>new URL("signed-in?origin="+location.origin,e).href;function ge(e){return $(),open(ue(O(e)),"pme-sign-\
in","popup,width=480,height=720")}var Ke=3,we=0,He=e=>[...document.querySelectorAll("script[type=importmap]")].some(t=>t.textContent?.includes(e));async function je(e,t,n){let o=n?void 0:Ne(e),r=await o;
if(r)return r;(n||o)&&we++;let s=we&&!He(e)?`${e}#${we}`:e;try{return await import(/* webpackIgnore: true */ /* @vite-ignore */ s)}catch(i){throw await g(50,t),D(e)??(He(e)&&n+1>=Ke?Ye(i):new d("transient",
{cause:i}))}}var Ye=e=>new d("failed",{cause:e,reason:"sdk"});function $e(e,t){return e instanceof TypeError||/load|module/i.test(e?.message??"")?t+1>=Ke?Ye(e):
new d("transient",{cause:e,reason:"sdk"}):(U(`the Showcase SDK does not open the space. Check the SDK key, and that it is registered for ${location.origin}.`),new d(
"failed",{cause:e}))}var be=!1,J=[];function xt(e){if(!be){be=!0;return}return new Promise((t,n)=>{let o=()=>t(void 0);J.push(o),h(e,()=>{let r=J.indexOf(o);r<0||(J.splice(r,1),n(m()))})})}
function vt(){let e=J.shift();e?e():be=!1}var We=new Error("another space's turn");async function Fe(e){let t=performance.now();for(;;){await xt(e.signal);try{let n=await e.
token();return{token:n,mpSdk:await Et(e,n.access_token,t)}}catch(n){if(n!==We)throw n}finally{vt()}}}var At="Showcase does not answer. If this page has a Cross-\
Origin-Embedder-Policy, give it Cross-Origin-Opener-Policy: same-origin as well.";function _t({frame:e,limit:t,loaded:n},o,r){return J.length&&r>=1e4?We:o>=t&&(n()||
o>=48e4)?new d("transient",{reason:"frame"}):(n()&&r>=1e4&&U(At),D(e.src))}var Et=(e,t,n)=>E(2*48e4,e.signal,o=>new Promise((r,s)=>{let{sdk:i,key:a,frame:c,failures:l}=e,
f=c.contentWindow,u=performance.now(),p=i.connect?.(c,{auth:t})??i.setupSdk?.(a,{iframe:c,connectOptions:{auth:t}});Promise.resolve(p).then(r,w=>s($e(w,l)));let k=setInterval(
()=>{let w=performance.now(),b=_t(e,w-n,w-u);b&&s(b)},1e3);h(o,()=>{clearInterval(k),s(m());let w={reason:"given up",errorType:"ConnectionRefused"};dispatchEvent(
new MessageEvent("message",{source:f,data:{type:"postmessage.reject",payload:w}}))})}));function Je(e,t,n,o){let{signal:r}=e,s=De(e),i=performance.now(),a=!1,c=!1,l,f,u=()=>y(n)<0,p=async x=>{a=!0;try{return await x()}catch(v){throw v?.code!=="stop\
ped"&&o.fail(v),v}finally{a=!1,c&&!r.aborted&&k()}},k=()=>{c=a,a||p(Qe).catch(()=>{})},w=async(x,v)=>{if(u())return o.again();if(x!==f||r.aborted)throw m();let ie=await _(
{...e,old:v});if(u()||s!==(await P(e)).viewer)return o.again();if(x!==f||r.aborted)throw m();return n=ie,o.live(),o.refreshed(y(n)),Y(n)},b=x=>{let v=f={};l?.dispose(),
l=t.OAuth.createTokenRefresher(x,{fetch:ie=>p(()=>w(v,ie))})},ke=()=>{a||(u()?o.again():y(n)<50&&b({access_token:n.access_token,expires_in:0}))},Be=async()=>{he(
e);let x=(await P(e)).viewer;x!==s&&(await _(e)).access_token!==n.access_token&&o.again(),s=x,o.live()},Qe=async()=>{he(e);let x=await _({...e,old:n.access_token}),
v=(await P(e)).viewer;x.access_token===n.access_token?o.live():v!==s?o.again():b({access_token:n.access_token,expires_in:0}),s=v};b(Y(n)),q(e)&&N(e,r,k),ce(r,()=>{
ke(),!(a||!C()||performance.now()-i<1e4)&&(i=performance.now(),p(Be).catch(()=>{}))});let Ge=setInterval(ke,15e3);h(r,()=>{f=void 0,clearInterval(Ge),l.dispose()})}var Ct="brand dh f fp gt help hl hr kb lang lp mls mt nozoom pin portal qs search sr ss start tagNav title tour ts views vr wh".split(" ");function Mt(e){let t=new URLSearchParams(
e);for(let n of[...t.keys()])Ct.includes(n)||t.delete(n);return t}var z=e=>e.forEach(t=>t.remove());async function ze(e,t){if(!e.models[0])throw new d("invalid_\
request");let{showcase:n,sdk:o,sdk_key:r}=await P(e),s=t.key??r,i=Mt(t.params);if(!s)return Ut(e,t,i);let a={want:e,host:t,showcase:n,sdk:o,key:s,params:i,limit:6e4,
failures:0};for(;;)for(await F(e.signal,e.report,()=>Ot(a));!C();)await g(6e4,e.signal,!0)}var Pt=async({want:e,host:t,sdk:n,failures:o})=>t.sdk??F(e.signal,e.report,
r=>je(n,e.signal,r+o));async function Ot(e){let{want:t,host:n,params:o}=e,{mpSdk:r,token:s}=await It(e).catch(l=>{throw l?.reason==="frame"&&(e.limit=Math.min(2*
e.limit,48e4)),l?.reason==="sdk"&&e.failures++,l});e.failures=0;let i=new AbortController,{signal:a}=i,c=()=>i.abort();h(t.signal,c,a);try{await new Promise((l,f)=>{
h(a,()=>f(m()));let u=()=>l(void 0);Je({...t,signal:a},r,s,{again:u,fail:f,live:n.live,refreshed:p=>n.tell("pme-refresh",{expiresIn:p})}),n.live(),n.tell("pme-r\
eady",{mpSdk:r,model:t.models[0]})}),await Nt(r,o,t.signal)}finally{c(),r.disconnect?.()}}function Lt(e,t){let[n]=e.frames();if(!n?.hidden)return;let o=r=>{let s=new URL(
r);return s.searchParams.sort(),s.href};if(o(n.src)===o(t))return e.adopt(n);n.remove()}async function It(e){let{want:t,host:n,showcase:o,key:r,params:s,limit:i,
failures:a}=e,c=Pt(e);c.catch(()=>{});let l=`${o}/show?${new URLSearchParams([...s,["m",t.models[0]],["applicationKey",r],["play","1"]])}`,f=!1,u=()=>n.frame(l,
{onload:()=>{f=!0},credentialless:globalThis.crossOriginIsolated}),p=Lt(n,l);p&&(f=!0);let k=n.frames().filter(w=>w!==p);return k.length||(p??=u()),await _(t),p?.
isConnected||(p=u()),z(k),Fe({sdk:await c,key:r,frame:p,loaded:()=>f,limit:i,failures:a,signal:t.signal,token:()=>_(t)})}async function Nt(e,t,n){let o=await Promise.
race([g(1e3,n),Promise.resolve(e.Link?.createDeepLink()).catch(()=>{})]);for(let[r,s]of o?new URL(o).searchParams:[])/^(ss|sr|start)$/.test(r)&&t.set(r,s)}async function Ut(e,t,n){
let[o]=e.models,r={...e,models:[o]},s="pme-ready",i="",a=()=>{};for(;;){let c=new Promise(p=>{a=()=>p(!0)}),{link:l,expires_in:f}=await ne("link "+e.endpoint+e.
scope+o,e,p=>W(e,Q(r,"link"),p,"link"));!i&&q(e)&&N(r,e.signal,()=>a());let u=K("",Math.max(65,f)-45);if(l!==i){i=l;let p=new URL(l);for(let[w,b]of n)p.searchParams.
set(w,b);let k=t.frames();t.frame(p,{onload:()=>z(k)}),t.tell(s,{expiresIn:f,model:o}),s="pme-refresh"}for(t.live();y(u)>0&&!await Promise.race([c,g(Math.min(15e3,
1e3*y(u)),e.signal,!0)]););}}var Dt=globalThis.HTMLElement??class{},re=(e,t={})=>Object.assign(document.createElement(e),t),qt=["endpoint","upstream","policy"],se=class extends Dt{static observedAttributes=[
"model","endpoint","sdk-key","params","strings","title"];#l;#s=!1;#d=!1;#t;#n=!1;#o;#f;#u=re("p");#p=re("a",{target:"pme-sign-in"});#m=re("div",{role:"status",hidden:!0});#i=this.
shadowRoot??this.attachShadow({mode:"open"});constructor(){super(),this.#i.adoptedStyleSheets=[Ae()],this.#m.append(this.#u,this.#p),this.#i.append(this.#m)}get sdk(){
return this.#l}set sdk(t){this.#l=t}get model(){return this.getAttribute("model")??""}set model(t){this.#r("model",t)}get endpoint(){return this.getAttribute("e\
ndpoint")??""}set endpoint(t){this.#r("endpoint",t)}get sdkKey(){return this.getAttribute("sdk-key")}set sdkKey(t){this.#r("sdk-key",t)}get params(){return this.
getAttribute("params")??""}set params(t){this.#r("params",t)}get state(){return this.getAttribute("state")??""}get strings(){try{return Object(JSON.parse(this.getAttribute(
"strings")||"{}"))}catch{return{}}}set strings(t){this.#r("strings",t&&(typeof t=="string"?t:JSON.stringify(t)))}#r(t,n){n==null?this.removeAttribute(t):this.setAttribute(
t,n)}connectedCallback(){for(let t of["sdk","model","endpoint","sdkKey","params","strings"]){if(!Object.hasOwn(this,t))continue;let n=this,o=n[t];delete n[t],n[t]=
o}this.#s=!0,this.reload()}disconnectedCallback(){this.#s=!1,this.#h()}connectedMoveCallback(){}attributeChangedCallback(t,n,o){if(!(!this.#s||n===o))if(t==="ti\
tle")for(let r of this.#a())r.title=this.#g();else t==="strings"?this.#f&&this.#e(...this.#f):this.#b()}#b(){this.#d||(this.#d=!0,queueMicrotask(()=>{this.#d=!1,
this.#s&&this.reload()}))}reload(){this.#t&&this.#h();let t=this.#t=new AbortController,{signal:n}=t;this.#_(n).catch(o=>{if(n.aborted)return;let r=this.#n;this.#h();
let s=V.includes(o.code)?o.code:"failed";o.reason==="sdk"?this.#e(s,"broken","reload",()=>location.reload()):this.#e(s,s==="access_denied"&&r?"withdrawn":s,"aga\
in",s==="failed"?()=>this.reload():void 0),this.#c("pme-error",{error:o,final:!0}),s==="access_denied"&&this.#y()})}#y(){let{signal:t}=this.#t=new AbortController,
n={endpoint:O(this.endpoint),models:R(this.model),signal:t,...H({})},o=()=>{t.aborted||this.reload()};q(n)&&N(n,t,()=>{_(n).then(o,()=>{})})}#h(){this.#t?.abort(),
this.#t=void 0,this.#o=void 0,this.#n=!1,z(this.#a())}#g(){return this.title||"Matterport"}#a(){return[...this.#i.querySelectorAll("iframe")]}#w(t){return Object.
assign(t,{title:this.#g(),allow:"fullscreen; xr-spatial-tracking; autoplay",hidden:!1})}#k(t,n){let o=Object.assign(this.#w(re("iframe")),n,{src:t});return this.#i.
prepend(o),o}#c(t,n){this.dispatchEvent(new CustomEvent(t,{detail:n,bubbles:!0}))}#e(t,n=t,o="again",r,s="#"){this.#f=[t,n,o,r,s];let i={...G,...this.strings},a=t===
"live"?"":i[n]??n;this.setAttribute("state",t),this.#m.hidden=!a,this.#u.textContent=a,Object.assign(this.#p,{hidden:!r,href:s,textContent:i[o]}),this.#p.onclick=
c=>r?.()===null||c.preventDefault()}#x(){this.#o=void 0,this.#n=!0,this.#e("live")}#v(t,n){if(this.#c("pme-error",{error:t,final:!1}),qt.includes(t.reason??""))
return this.#A(t,n);this.#o=void 0,t.reason==="frame"?this.#e("opening","slow"):this.#e(this.#n?"waiting":"opening","waiting")}async#A(t,n){let o=this.#o??=performance.
now();await g(Math.max(0,o+1e4-performance.now()),n).catch(()=>{}),!(n.aborted||this.#o!==o)&&this.#e(this.state==="opening"?"opening":"waiting",t.description??
"unavailable")}async#_(t){let n=O(this.endpoint);this.#e("opening"),await ze({endpoint:n,signal:t,models:R(this.model),...H({}),report:o=>{this.#v(o,t)},signedOut:({
code:o,loginURL:r})=>{this.#n||z(this.#a()),this.#e(o,o,o==="login_required"?"sign_in":"connect",()=>ge(n),ue(n)),this.#c("pme-signed-out",{code:o,loginURL:r})}},
{frames:()=>this.#a(),frame:(o,r)=>this.#k(o,r),adopt:o=>this.#w(o),live:()=>this.#x(),tell:(o,r)=>this.#c(o,r),params:this.params,key:this.sdkKey,sdk:this.#l})}};function Ht(){!globalThis.customElements||customElements.get("pme-space")||(Pe(),customElements.define("pme-space",se))}Ht();export{d as PMEError,se as PMESpace,Ve as configure,yt as createFetcher,Ht as define,ge as signIn};
//# sourceMappingURL=pme.js.map
