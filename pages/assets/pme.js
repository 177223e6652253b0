// Made by tools/browser from pages/browser. Do not edit.
var V={},he=new Set;function tt(t){Object.assign(V,t)}function I(t){let e=t||V.endpoint,n=e?new URL(e.replace(/\/?$/,"/"),document.baseURI):new URL(".",import.meta.
url);return he.add(n.origin),n.href}var nt=0;function K({headers:t,fetch:e}){let n=t||e?" "+ ++nt:"";return{headers:t??V.headers,fetch:e??V.fetch,scope:n}}function X({
endpoint:t,models:e},n){let o=new URLSearchParams(e.map(r=>["modelId",r]));return o.append("n",String(Math.random()).slice(2)),new URL(n+"?"+o,t)}var R=t=>t?.match(
/\S+/g)??[];var Z={play:"Open the space",opening:"Opening the space…",slow:"The space takes longer than usual to open…",waiting:"Connection interrupted. Trying again…",
unavailable:"This space cannot be shown at the moment. Please tell the people who run this site.",login_required:"You are signed out.",reconnect_required:"This \
space's Matterport account has to be connected.",access_denied:"You do not have access to this space.",withdrawn:"You no longer have access to this space.",model_not_found:"\
This space is no longer available.",invalid_request:"There is no such space.",failed:"This space cannot be opened.",broken:"A part of the viewer could not be lo\
aded. Reload this page to try again.",sign_in:"Sign in",connect:"Connect",again:"Try again",reload:"Reload"},ee=["login_required","reconnect_required","access_d\
enied","model_not_found","invalid_request","failed"];var d=class extends Error{code;loginURL;retryAfter;reason;description;cause;since;constructor(e,n){super(n?.description??Z[e]??e),this.code=e,Object.assign(this,
n)}},h=()=>new d("stopped"),_e=t=>t instanceof d?t:new d("transient",{cause:t});function rt(t){let e=t.get("Retry-After");if(!e)return 0;let n=Date.parse(t.get(
"Date")??"")||Date.now(),o=isNaN(+e)?(Date.parse(e)-n)/1e3:+e;return Math.min(Math.max(o,0)||0,12e4/1e3)}var st=[408,421,425,429];function Se(t,e){let n=e?.error===
"not_connected"?"reconnect_required":e?.error,{status:o}=t,r=typeof e?.error_description=="string"?e.error_description:void 0;if(ee.includes(n))return new d(n,{
loginURL:e.login_url});if(t.type==="opaqueredirect"||o===401)return new d("login_required");let s={retryAfter:rt(t.headers)};return n==="upstream_error"?new d("\
transient",{...s,reason:"upstream",description:r}):o>=500||st.includes(o)||typeof n=="string"?new d("transient",s):new d("transient",{...s,reason:"endpoint"})}var O=()=>!document.hidden,f=(t,e,n)=>t.addEventListener("abort",e,{once:!0,signal:n});async function S(t,e,n){if(e.aborted)throw h();let o=new AbortController,
r=()=>o.abort(),s=setTimeout(r,t);f(e,r,o.signal);try{let i=await n(o.signal);if(e.aborted)throw h();return i}finally{clearTimeout(s),r()}}function me(t,e){for(let n of[
"online","pageshow","focus","visibilitychange","pme-signed-in"])addEventListener(n,e,{signal:t})}var b=(t,e,n)=>S(t,e,o=>new Promise(r=>{f(o,()=>r(void 0)),n&&me(
o,({type:s})=>{(s==="pme-signed-in"||O())&&setTimeout(r,500*Math.random())})}));var te=class{#t;#n;show(e,n){if(this.drop(),!n)return;let o=this.#t=document.createElement("img");o.onerror=()=>o.remove(),Object.assign(o,{alt:"",loading:"lazy",
decoding:"async",fetchPriority:"low",referrerPolicy:"no-referrer",src:n}),e.querySelector("div")?.before(o)}change(e){this.#t&&(this.#t.src=e)}offer(e,n,o){let r=this.#n=
document.createElement("button");Object.assign(r,{type:"button",ariaLabel:n,onclick:o}),e.append(r)}drop(e){let n=this.#t;if(this.#n?.remove(),this.#t=this.#n=void 0,
!n||!e)return n?.remove();let o=()=>n.remove();setTimeout(o,1e4),e().then(o,o)}};function Te(t,e,n){let o=new IntersectionObserver(r=>{r.some(({isIntersecting:s})=>s)&&
(o.disconnect(),n())},{rootMargin:"100%"});o.observe(t),f(e,()=>o.disconnect())}var it=`
:host { position: relative; display: block; box-sizing: border-box; width: 100%; min-height: 16rem; aspect-ratio: 16 / 9; font: 1rem/1.5 var(--pme-font, system-\
ui, sans-serif); }
:host([hidden]), [hidden] { display: none !important; }
:host, div { background: var(--pme-stage, #15171a); color: var(--pme-stage-ink, #f1f1ef); }
iframe, img, div, button { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; }
img { object-fit: cover; pointer-events: none; }
button { background: none; color: inherit; cursor: pointer; forced-color-adjust: none; }
button:focus-visible { outline: 3px solid; outline-offset: -6px; }
button::before, button::after { content: ""; position: absolute; inset: 0; margin: auto; }
button::before { width: 4.5rem; height: 4.5rem; border-radius: 50%; background: #15171ad9; }
button::after { width: 1.4rem; height: 1.6rem; background: #f1f1ef; clip-path: polygon(15% 0, 100% 50%, 15% 100%); }
div { display: grid; gap: 1rem; place-content: center; place-items: center; text-align: center; }
:host([state=waiting]) iframe ~ div, :host([state$=_required]) iframe ~ div, :host(:is([state=opening], [state=waiting], [state$=_required])) img ~ div { inset:\
 auto 0 1rem; grid-auto-flow: column; width: fit-content;
  height: auto; margin: auto; padding: 1rem; border-radius: 1rem; }
p { margin: 0; padding: 0 1rem; }
a { padding: .5rem 1rem; border-radius: .5rem; background: #f1f1ef; color: #15171a; }
@media (prefers-reduced-motion: no-preference) { :host([state=opening]) p { animation: 1s infinite alternate breathe; } }
@keyframes breathe { to { opacity: .6; } }`,ne;function Ce(){return ne||(ne=new CSSStyleSheet,ne.replaceSync(it.replace(/\n\s*/g,""))),ne}var T=new Map,C=new Map,se=new Set,Y=(t,e,n=0)=>({access_token:t,until:Date.now()+1e3*e-n,mono:performance.now()+1e3*e-n}),k=t=>Math.floor(Math.min(t.until-Date.
now(),t.mono-performance.now())/1e3),U=(t,e)=>t!==void 0&&k(t)>65&&t.access_token!==e,W=t=>({access_token:t.access_token,expires_in:k(t)});function ue(){T.clear(),
C.clear()}function oe(){ue(),dispatchEvent(new Event("pme-signed-in"))}var N,Re;function z(t){Re??=t,!N&&(N=new BroadcastChannel("pme"),N.addEventListener("mess\
age",({data:e})=>{let{want:n,key:o,token:r,left:s,signedIn:i}=e;Re?.(e);let a=T.get(n);a&&U(a)&&ge(n,a),s>65&&(T.has(o)||se.has(o))&&T.set(o,Y(r,s)),i&&oe()}),addEventListener(
"message",({origin:e,data:n})=>{n?.pme==="signed-in"&&he.has(e)&&oe()}))}var ie=t=>N?.postMessage(t),ge=(t,e)=>N?.postMessage({key:t,token:e.access_token,left:k(
e)}),Oe=t=>N?.postMessage({want:t});async function Pe(t,e,n){if(!navigator.locks)return n();let o=new AbortController,r=new AbortController,s=()=>o.abort(),i=setTimeout(
s,3e3);f(e,s,r.signal);let a=()=>{clearTimeout(i),r.abort()};try{return await navigator.locks.request("pme "+t,{signal:o.signal},()=>(a(),n()))}catch(c){if(e.aborted)
throw h();if(r.signal.aborted)throw c;return n()}finally{a()}}var we=class{listeners=new Set;models=new Set;over=new AbortController;renew=new AbortController;constructor(e,n){this.name=e,this.want=n}add(e){let n=e.filter(
o=>!this.models.has(o));for(let o of n)this.models.add(o);n.length&&this.renew.abort()}tell(e){for(let{want:n,hear:o}of[...this.listeners])(!e||n.models.includes(
e))&&o()}spread(e){this.tell(e),ie({told:this.name,model:e})}},q=new Map;function pt({told:t,model:e,watching:n,models:o}){t&&q.get(t)?.tell(e),n&&o&&q.get(n)?.
add(o)}function D(t,e,n){if(e.aborted)return;z(pt);let o=t.endpoint+t.scope,r=q.get(o)??new we(o,t),s={want:t,hear:n};r.listeners.add(s),r.add(t.models),ie({watching:o,
models:t.models}),q.has(o)||(q.set(o,r),ft(r).catch(()=>{})),f(e,()=>{r.listeners.delete(s),!r.listeners.size&&(q.delete(o),r.over.abort())})}async function ft(t){
let{signal:e}=t.over;if(t.want.scope||!navigator.locks)return Me(t,e);await navigator.locks.request("pme watch "+t.name,{signal:e},()=>Me(t,e))}async function Me(t,e){
for(let n=!1;!e.aborted;){t.renew=new AbortController,f(e,()=>t.renew.abort(),t.renew.signal);let o=()=>{n&&t.spread(),n=!1},r=await ht(t,t.renew.signal,o).catch(
s=>s);if(e.aborted)return;t.renew.signal.aborted||(n=!0,r&&t.spread(),await b(r?4e4:3e3*(.5+Math.random()),e,!!r))}}async function ht(t,e,n){let{want:o}=t,r=new URL(
"watch?"+new URLSearchParams([...t.models].sort().map(c=>["modelId",c])),o.endpoint),s=typeof o.headers=="function"?await o.headers():o.headers,i=new Headers(s);
i.set("Accept","text/event-stream");let a=new AbortController;f(e,()=>a.abort(),a.signal);try{let c=await S(15e3,e,()=>(o.fetch??fetch)(r,{credentials:"include",
cache:"no-store",redirect:"manual",headers:i,signal:a.signal}));if(!c.ok||!c.body||!/^text\/event-stream/.test(c.headers.get("Content-Type")??""))throw new d("t\
ransient");let l=c.body.pipeThrough(new TextDecoderStream).getReader(),p="";for(let u=!0;;u=!1){let{done:g,value:w}=await S(u?15e3:13e4,e,m=>Promise.race([l.read(),
mt(m)]));if(g)return;u&&n();let y=(p+w).split(`

`);p=y.pop()??"";for(let m of y)ut(t,m)}}finally{a.abort()}}var mt=t=>new Promise((e,n)=>f(t,()=>n(h())));function ut(t,e){let n=/^data: (.*)$/m.exec(e);if(!n)return;
let{modelId:o,error:r}=JSON.parse(n[1]);t.spread(o),!(o||r)&&(oe(),ie({signedIn:!0}))}var Ne=new Map,Le=new Set;function F(t){Le.has(t)||console.error("pme: "+t),Le.add(t)}function Ue(){addEventListener("securitypolicyviolation",({blockedURI:t,effectiveDirective:e,
disposition:n})=>{n==="enforce"&&/^http/.test(t)&&Ne.set(new URL(t).origin,e.replace("-elem",""))})}function j(t){let{origin:e}=new URL(t,document.baseURI),n=Ne.
get(e);if(n)return F(`the Content-Security-Policy of this page blocks ${e}. Add it to ${n}.`),new d("transient",{reason:"policy"})}var Ie;async function qe(t){if(Ie??=
fetch(location.href,{method:"HEAD"}).then(({headers:e})=>e.get("Cross-Origin-Embedder-Policy"),()=>{}),!(crossOriginIsolated||!/^[rc]/.test(await Ie??"")))return F(
"the Cross-Origin-Embedder-Policy of this page blocks Showcase. Add Cross-Origin-Opener-Policy: same-origin."),new d("transient",{reason:"policy",since:t})}function De({
reason:t},e){t==="endpoint"&&F(`the answer of ${e.origin+e.pathname} is none of pme's. Is pme mounted there? Set "endpoint" to where it is.`)}async function J(t,e,n,o,r){try{return await S(15e3,n,async s=>{let i=typeof t.headers=="function"?await t.headers():t.headers,a=new Headers(i);a.set("Accept","\
application/json");let[c,l]=await wt(r,s)??await gt(await(t.fetch??fetch)(e,{credentials:"include",cache:"no-store",redirect:"manual",headers:a,signal:s}));if(c.
ok&&l?.[o]!==void 0)return l;throw Se(c,l)})}catch(s){if(n.aborted)throw h();let i=j(e.href)??_e(s);throw De(i,e),i}}var gt=async t=>[t,await t.json().catch(()=>{})],
wt=(t,e)=>t&&Promise.race([t,new Promise((n,o)=>f(e,()=>o(h())))]);async function B(t,e,n){for(let o=0;;o++)try{return await n(o)}catch(r){if(!(r instanceof d)||
r.code!=="transient")throw r;e?.(r);let s=navigator.onLine?Math.min(1e3*2**o,3e4)*(.5+Math.random()/2):3e4;await b(Math.max(1e3*(r.retryAfter??0),s),t,!0)}}var be=new Map,je=(t,e)=>e&&be.set(t,e);function He({endpoint:t,models:e,scope:n,headers:o,fetch:r,old:s}){let{tokens:i=[]}=be.get(t)??{},a=p=>[...p].sort().join(),
c=n||o||r||s?-1:i.findIndex(p=>a(R(p.models))===a(e));if(c<0)return;let[l]=i.splice(c,1);if(performance.now()-l.at<15e3)return l}var Ke=t=>[...be.values()].find(
({sdk:e})=>e===t)?.module;var ae=new Map;function yt(t,e,n){let o=ae.get(t);if(o)return o;let r=new AbortController,s=new Set,i=B(r.signal,c=>s.forEach(l=>l.report?.(c)),()=>n(r.signal)),
a={stop:r,wants:s,answer:i};return ae.set(t,a),a}async function kt(t,e){let n=new AbortController;try{return await Promise.race([t,new Promise((o,r)=>f(e,()=>r(
h()),n.signal))])}finally{n.abort()}}async function ce(t,e,n){for(z();;){if(e.signal.aborted)throw h();let o=yt(t,e,n);o.wants.add(e);try{return await kt(o.answer,
e.signal)}catch(r){if(!(r instanceof d)||!/_required/.test(r.code)||(ue(),!e.signedOut))throw r;e.signedOut(r)}finally{o.wants.delete(e),o.wants.size||(ae.get(t)===
o&&ae.delete(t),o.stop.abort())}await b(1e3*86400,e.signal,!0)}}var P=t=>t.endpoint+t.scope;function vt(t){if(!t.scope)for(let e of document.querySelectorAll("s\
cript.pme-settings")){if(new URL(e.dataset.endpoint??"",document.baseURI).href!==t.endpoint)continue;e.remove(),je(t.endpoint,e.begun);let n=JSON.parse(e.textContent??
"");return C.set(P(t),n),n}}async function M(t){return C.get(P(t))??vt(t)??ce("settings "+P(t),t,async e=>{let n=await J(t,new URL("settings",t.endpoint),e,"vie\
wer");return C.set(P(t),n),n})}var ye=t=>C.delete(P(t)),Ye=t=>C.get(P(t))?.viewer,H=t=>C.get(P(t))?.watch===!0;async function _(t){for(;;){let{viewer:e}=await M(
t),n=JSON.stringify([t.endpoint,e,[...t.models].sort()]),o=()=>U(T.get(n),t.old);o()||(se.add(n),await ce(n,t,s=>{let i=He(t);return i?ke(t,n,s,i):Pe(n,s,()=>xt(
t,n,s,o))}).finally(()=>se.delete(n)));let r=T.get(n);if(r&&U(r))return r}}async function xt(t,e,n,o){o()||(Oe(e),await b(50,n)),o()||await ke(t,e,n,{at:performance.
now()})}async function ke(t,e,n,{at:o,answer:r}){let{access_token:s,expires_in:i}=await J(t,X(t,"token"),n,"access_token",r),a=Y(s,Math.min(i,86400),performance.
now()-o);if(r&&!U(a))return ke(t,e,n,{at:performance.now()});if(!U(a))throw new d("transient");T.set(e,a),ge(e,a)}function At({model:t,endpoint:e,signal:n=new AbortController().
signal,headers:o,fetch:r,onTransient:s,onSignedOut:i}){let a={endpoint:I(e),models:R(t),signal:n,report:s,signedOut:i,...K({headers:o,fetch:r})},c;return{async fetch(l){
for(;c&&k(c)<0&&!O();)await b(6e4,n,!0);return c=await _({...a,old:l}),W(c)}}}var ve=t=>new URL("signed-in?origin="+location.origin,t).href;function xe(t){return z(),
open(ve(I(t)),"pme-sign-in","popup,width=480,height=720")}var ze=3,Ae=0,We=t=>[...document.querySelectorAll("script[type=importmap]")].some(e=>e.textContent?.includes(t));async function Fe(t,e,n){let o=n?void 0:Ke(t),r=await o;
if(r)return r;(n||o)&&Ae++;let s=Ae&&!We(t)?`${t}#${Ae}`:t;try{return await import(/* webpackIgnore: true */ /* @vite-ignore */ s)}catch(i){throw await b(50,e),j(t)??(We(t)&&n+1>=ze?Je(i):new d("transient",
{cause:i}))}}var Je=t=>new d("failed",{cause:t,reason:"sdk"});function Be(t,e){return t instanceof TypeError||/load|module/i.test(t?.message??"")?e+1>=ze?Je(t):
new d("transient",{cause:t,reason:"sdk"}):(F(`the Showcase SDK does not open the space. Check the SDK key, and that it is registered for ${location.origin}.`),new d(
"failed",{cause:t}))}var Ee=!1,Q=[];function _t(t){if(!Ee){Ee=!0;return}return new Promise((e,n)=>{let o=()=>e(void 0);Q.push(o),f(t,()=>{let r=Q.indexOf(o);r<0||(Q.splice(r,1),n(h()))})})}
function St(){let t=Q.shift();t?t():Ee=!1}var Qe=new Error("another space's turn");async function Ge(t){let e=performance.now();for(;;){await _t(t.signal);try{let n=await t.
token();return{token:n,mpSdk:await Ct(t,n.access_token,e)}}catch(n){if(n!==Qe)throw n}finally{St()}}}function Tt({frame:t,limit:e,loaded:n},o,r){return Q.length&&
r>=1e4?Qe:o>=e&&(n()||o>=48e4)?new d("transient",{reason:"frame"}):j(t.src)}var Ct=(t,e,n)=>S(2*48e4,t.signal,o=>new Promise((r,s)=>{let{sdk:i,key:a,frame:c,failures:l,
loaded:p}=t,u=c.contentWindow,g=performance.now(),w=i.connect?.(c,{auth:e})??i.setupSdk?.(a,{iframe:c,connectOptions:{auth:e}});Promise.resolve(w).then(r,m=>o.aborted||
s(Be(m,l)));let y=setInterval(()=>{let m=performance.now(),v=Tt(t,m-n,m-g);v?s(v):p()&&m-n>=1e4&&qe(n).then(L=>L&&s(L))},1e3);f(o,()=>{clearInterval(y),s(h());let m={
reason:"given up",errorType:"ConnectionRefused"};dispatchEvent(new MessageEvent("message",{source:u,data:{type:"postmessage.reject",payload:m}}))})}));function Ve(t,e,n,o){let{signal:r}=t,s=Ye(t),i=performance.now(),a=!1,c=!1,l,p,u=()=>k(n)<0,g=async x=>{a=!0;try{return await x()}catch(A){throw A?.code!=="stop\
ped"&&o.fail(A),A}finally{a=!1,c&&!r.aborted&&w()}},w=()=>{c=a,a||g(Ze).catch(()=>{})},y=async(x,A)=>{if(u())return o.again();if(x!==p||r.aborted)throw h();let fe=await _(
{...t,old:A});if(u()||s!==(await M(t)).viewer)return o.again();if(x!==p||r.aborted)throw h();return n=fe,o.live(),o.refreshed(k(n)),W(n)},m=x=>{let A=p={};l?.dispose(),
l=e.OAuth.createTokenRefresher(x,{fetch:fe=>g(()=>y(A,fe))})},v=()=>{a||(u()?o.again():k(n)<50&&m({access_token:n.access_token,expires_in:0}))},L=async()=>{ye(t);
let x=(await M(t)).viewer;x!==s&&(await _(t)).access_token!==n.access_token&&o.again(),s=x,o.live()},Ze=async()=>{ye(t);let x=await _({...t,old:n.access_token}),
A=(await M(t)).viewer;x.access_token===n.access_token?o.live():A!==s?o.again():m({access_token:n.access_token,expires_in:0}),s=A};m(W(n)),H(t)&&D(t,r,w),me(r,()=>{
v(),!(a||!O()||performance.now()-i<1e4)&&(i=performance.now(),g(L).catch(()=>{}))});let et=setInterval(v,15e3);f(r,()=>{p=void 0,clearInterval(et),l.dispose()})}var Mt="brand dh f fp gt help hl hr kb lang lp mls mt nozoom pin portal qs search sr ss start tagNav title tour ts views vr wh".split(" ");function Lt(t){let e=new URLSearchParams(
t);for(let n of[...e.keys()])Mt.includes(n)||e.delete(n);return e}var G=t=>t.forEach(e=>e.remove());async function Xe(t,e){if(!t.models[0])throw new d("invalid_\
request");let{showcase:n,sdk:o,sdk_key:r}=await M(t),s=e.key??r,i=Lt(e.params);if(!s)return jt(t,e,i);let a={want:t,host:e,showcase:n,sdk:o,key:s,params:i,limit:6e4,
failures:0,dark(){}};for(;;)for(await B(t.signal,t.report,()=>Nt(a));!O();)await b(6e4,t.signal,!0)}var It=async({want:t,host:e,sdk:n,failures:o})=>e.sdk??B(t.signal,
t.report,r=>Fe(n,t.signal,r+o));async function Nt(t){let{want:e,host:n,params:o}=t,{mpSdk:r,token:s}=await qt(t).catch(l=>{throw l?.reason==="frame"&&(t.limit=Math.
min(2*t.limit,48e4)),l?.reason==="sdk"&&t.failures++,l});t.failures=0;let i=new AbortController,{signal:a}=i,c=()=>i.abort();f(e.signal,c,a);try{await new Promise(
(l,p)=>{f(a,()=>p(h()));let u=t.dark=()=>{n.opening(),l(void 0)};Ve({...e,signal:a},r,s,{again:u,fail:p,live:n.live,refreshed:g=>n.tell("pme-refresh",{expiresIn:g})}),
n.live(async()=>r.App?.state?.waitUntil(({phase:g})=>g==="appphase.playing")),n.tell("pme-ready",{mpSdk:r,model:e.models[0]})}),await Dt(r,o,e.signal)}finally{c(),
r.disconnect?.()}}function Ut(t,e){let[n]=t.frames();if(!n?.hidden)return;let o=r=>{let s=new URL(r);return s.searchParams.sort(),s.href};if(o(n.src)===o(e))return t.
adopt(n);n.remove()}async function qt(t){let{want:e,host:n,showcase:o,key:r,params:s,limit:i,failures:a}=t,c=It(t);c.catch(()=>{});let l=`${o}/show?${new URLSearchParams(
[...s,["m",e.models[0]],["applicationKey",r],["play","1"]])}`,p=0,u=()=>{++p>1&&t.dark()},g=()=>(p=0,n.frame(l,{onload:u,credentialless:globalThis.crossOriginIsolated})),
w=Ut(n,l),y=w&&Object.assign(w,{onload:u}),m=n.frames().filter(v=>v!==w);return m.length||(w??=g()),await _(e),w?.isConnected||(w=g()),G(m),Ge({sdk:await c,key:r,
frame:w,loaded:()=>p>0||w===y,limit:i,failures:a,signal:e.signal,token:()=>_(e)})}async function Dt(t,e,n){let o=await Promise.race([b(1e3,n),Promise.resolve(t.
Link?.createDeepLink()).catch(()=>{})]);for(let[r,s]of o?new URL(o).searchParams:[])/^(ss|sr|start)$/.test(r)&&e.set(r,s)}async function jt(t,e,n){let[o]=t.models,
r={...t,models:[o]},s="pme-ready",i="",a=()=>{},c=Promise.resolve();for(;;){let l=new Promise(y=>{a=()=>y(!0)}),{link:p,expires_in:u}=await ce("link "+t.endpoint+
t.scope+o,t,y=>J(t,X(r,"link"),y,"link"));!i&&H(t)&&D(r,t.signal,()=>a());let g=Y("",Math.max(65,u)-45);if(p!==i){i=p;let y=new URL(p);for(let[v,L]of n)y.searchParams.
set(v,L);let m=e.frames();c=new Promise(v=>e.frame(y,{onload:()=>v(G(m))})),e.tell(s,{expiresIn:u,model:o}),s="pme-refresh"}let w=c;for(e.live(()=>w);k(g)>0&&!await Promise.
race([l,b(Math.min(15e3,1e3*k(g)),t.signal,!0)]););}}var Ht=globalThis.HTMLElement??class{},le=(t,e={})=>Object.assign(document.createElement(t),e),Kt=["endpoint","upstream","policy"],pe=class extends Ht{static observedAttributes=[
"model","endpoint","sdk-key","params","strings","title","poster","loading","mode"];#t;#n=!1;#m=!1;#s;#a=!1;#u=!1;#g=!1;#c;#d;#y=le("p");#w=le("a",{target:"pme-s\
ign-in"});#l=le("div",{role:"status",hidden:!0});#i=new te;#r=this.shadowRoot??this.attachShadow({mode:"open"});constructor(){super(),this.#r.adoptedStyleSheets=
[Ce()],this.#l.append(this.#y,this.#w),this.#r.append(this.#l)}get sdk(){return this.#t}set sdk(e){this.#t=e}get model(){return this.getAttribute("model")??""}set model(e){
this.#o("model",e)}get endpoint(){return this.getAttribute("endpoint")??""}set endpoint(e){this.#o("endpoint",e)}get sdkKey(){return this.getAttribute("sdk-key")}set sdkKey(e){
this.#o("sdk-key",e)}get params(){return this.getAttribute("params")??""}set params(e){this.#o("params",e)}get poster(){return this.getAttribute("poster")??""}set poster(e){
this.#o("poster",e)}get loading(){return this.getAttribute("loading")??""}set loading(e){this.#o("loading",e)}get mode(){return this.getAttribute("mode")??""}set mode(e){
this.#o("mode",e)}get state(){return this.getAttribute("state")??""}get strings(){try{return Object(JSON.parse(this.getAttribute("strings")||"{}"))}catch{return{}}}set strings(e){
this.#o("strings",e&&(typeof e=="string"?e:JSON.stringify(e)))}#o(e,n){n==null?this.removeAttribute(e):this.setAttribute(e,n)}connectedCallback(){for(let e of["\
sdk","model","endpoint","sdkKey","params","strings","poster","loading","mode"]){if(!Object.hasOwn(this,e))continue;let n=this,o=n[e];delete n[e],n[e]=o}this.#n=
!0,this.#k()}disconnectedCallback(){this.#n=this.#u=!1,this.#p()}connectedMoveCallback(){}attributeChangedCallback(e,n,o){if(!(!this.#n||n===o))if(e==="title")for(let r of this.#f())
r.title=this.#v();else e==="strings"?this.#d&&this.#e(...this.#d):e==="poster"?this.#i.change(this.poster):(this.state==="idle"||e!=="loading"&&e!=="mode")&&this.#A()}#A(){
this.#m||(this.#m=!0,queueMicrotask(()=>{this.#m=!1,this.#n&&this.#k()}))}#k(){let e=this.mode==="click";if(this.#u||!e&&this.loading!=="lazy")return this.reload();
this.#p();let{signal:n}=this.#s=new AbortController;if(this.#d=void 0,this.setAttribute("state","idle"),this.#l.hidden=!0,!e)return Te(this,n,()=>this.reload());
this.#i.show(this.#r,this.poster),this.#i.offer(this.#r,`${this.#b("play")}${this.title&&": "+this.title}`,()=>{this.reload(),this.#g=!0})}reload(){this.#u=!0,this.#s&&
this.#p();let e=this.#s=new AbortController,{signal:n}=e;this.#R(n).catch(o=>{if(n.aborted)return;let r=this.#a;this.#p();let s=ee.includes(o.code)?o.code:"fail\
ed";o.reason==="sdk"?this.#e(s,"broken","reload",()=>location.reload()):this.#e(s,s==="access_denied"&&r?"withdrawn":s,"again",s==="failed"?()=>this.reload():void 0),
this.#h("pme-error",{error:o,final:!0}),s==="access_denied"&&this.#E()})}#E(){let{signal:e}=this.#s=new AbortController,n={endpoint:I(this.endpoint),models:R(this.
model),signal:e,...K({})},o=()=>{e.aborted||this.reload()};H(n)&&D(n,e,()=>{_(n).then(o,()=>{})})}#p(){this.#s?.abort(),this.#s=void 0,this.#c=void 0,this.#a=!1,
this.#i.drop(),G(this.#f())}#v(){return this.title||"Matterport"}#f(){return[...this.#r.querySelectorAll("iframe")]}#x(e){return Object.assign(e,{title:this.#v(),
allow:"fullscreen; xr-spatial-tracking; autoplay",hidden:!1})}#_(e,n){let o=Object.assign(this.#x(le("iframe")),n,{src:e});return this.#r.prepend(o),this.#g&&document.
activeElement===document.body&&o.focus({preventScroll:!0}),this.#g=!1,o}#h(e,n){this.dispatchEvent(new CustomEvent(e,{detail:n,bubbles:!0}))}#e(e,n=e,o="again",r,s="\
#"){this.#d=[e,n,o,r,s];let i=e==="live"?"":this.#b(n);this.setAttribute("state",e),this.#l.hidden=!i,this.#y.textContent=i,Object.assign(this.#w,{hidden:!r,href:s,
textContent:this.#b(o)}),this.#w.onclick=a=>r?.()===null||a.preventDefault()}#b(e){return this.strings[e]??Z[e]??e}#S(e){this.#i.drop(e),this.#c=void 0,this.#a=
!0,this.#e("live")}#T(e,n){if(this.#h("pme-error",{error:e,final:!1}),Kt.includes(e.reason??""))return this.#C(e,n);this.#c=void 0,e.reason==="frame"?this.#e("o\
pening","slow"):this.#e(this.#a?"waiting":"opening","waiting")}async#C(e,n){let o=this.#c??=e.since??performance.now();await b(Math.max(0,o+1e4-performance.now()),
n).catch(()=>{}),!(n.aborted||this.#c!==o)&&this.#e(this.state==="opening"?"opening":"waiting",e.description??"unavailable")}async#R(e){let n=I(this.endpoint);this.#i.
show(this.#r,this.poster),this.#e("opening"),await Xe({endpoint:n,signal:e,models:R(this.model),...K({}),report:o=>{this.#T(o,e)},signedOut:({code:o,loginURL:r})=>{
this.#a||G(this.#f()),this.#e(o,o,o==="login_required"?"sign_in":"connect",()=>xe(n),ve(n)),this.#h("pme-signed-out",{code:o,loginURL:r})}},{frames:()=>this.#f(),
frame:(o,r)=>this.#_(o,r),adopt:o=>this.#x(o),live:o=>this.#S(o),opening:()=>this.#e("opening"),tell:(o,r)=>this.#h(o,r),params:this.params,key:this.sdkKey,sdk:this.#t})}};function $t(){!globalThis.customElements||customElements.get("pme-space")||(Ue(),customElements.define("pme-space",pe))}$t();export{d as PMEError,pe as PMESpace,tt as configure,At as createFetcher,$t as define,xe as signIn};
//# sourceMappingURL=pme.js.map
