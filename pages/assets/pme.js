// Made by tools/browser from pages/browser. Do not edit.
var G={},me=new Set;function Ze(t){Object.assign(G,t)}function L(t){let e=t||G.endpoint,n=e?new URL(e.replace(/\/?$/,"/"),document.baseURI):new URL(".",import.meta.
url);return me.add(n.origin),n.href}var et=0;function K({headers:t,fetch:e}){let n=t||e?" "+ ++et:"";return{headers:t??G.headers,fetch:e??G.fetch,scope:n}}function V({
endpoint:t,models:e},n){let o=new URLSearchParams(e.map(r=>["modelId",r]));return o.append("n",String(Math.random()).slice(2)),new URL(n+"?"+o,t)}var C=t=>t?.match(
/\S+/g)??[];var X={play:"Open the space",opening:"Opening the space…",slow:"The space takes longer than usual to open…",waiting:"Connection interrupted. Trying again…",
unavailable:"This space cannot be shown at the moment. Please tell the people who run this site.",login_required:"You are signed out.",reconnect_required:"This \
space's Matterport account has to be connected.",access_denied:"You do not have access to this space.",withdrawn:"You no longer have access to this space.",model_not_found:"\
This space is no longer available.",invalid_request:"There is no such space.",failed:"This space cannot be opened.",broken:"A part of the viewer could not be lo\
aded. Reload this page to try again.",sign_in:"Sign in",connect:"Connect",again:"Try again",reload:"Reload"},Z=["login_required","reconnect_required","access_de\
nied","model_not_found","invalid_request","failed"];var d=class extends Error{code;loginURL;retryAfter;reason;description;cause;constructor(e,n){super(n?.description??X[e]??e),this.code=e,Object.assign(this,n)}},
h=()=>new d("stopped"),_e=t=>t instanceof d?t:new d("transient",{cause:t});function nt(t){let e=t.get("Retry-After");if(!e)return 0;let n=Date.parse(t.get("Date")??
"")||Date.now(),o=isNaN(+e)?(Date.parse(e)-n)/1e3:+e;return Math.min(Math.max(o,0)||0,12e4/1e3)}var ot=[408,421,425,429];function Se(t,e){let n=e?.error==="not_\
connected"?"reconnect_required":e?.error,{status:o}=t,r=typeof e?.error_description=="string"?e.error_description:void 0;if(Z.includes(n))return new d(n,{loginURL:e.
login_url});if(t.type==="opaqueredirect"||o===401)return new d("login_required");let s={retryAfter:nt(t.headers)};return n==="upstream_error"?new d("transient",
{...s,reason:"upstream",description:r}):o>=500||ot.includes(o)||typeof n=="string"?new d("transient",s):new d("transient",{...s,reason:"endpoint"})}var R=()=>!document.hidden,p=(t,e,n)=>t.addEventListener("abort",e,{once:!0,signal:n});async function _(t,e,n){if(e.aborted)throw h();let o=new AbortController,
r=()=>o.abort(),s=setTimeout(r,t);p(e,r,o.signal);try{let i=await n(o.signal);if(e.aborted)throw h();return i}finally{clearTimeout(s),r()}}function he(t,e){for(let n of[
"online","pageshow","focus","visibilitychange","pme-signed-in"])addEventListener(n,e,{signal:t})}var w=(t,e,n)=>_(t,e,o=>new Promise(r=>{p(o,()=>r(void 0)),n&&he(
o,({type:s})=>{(s==="pme-signed-in"||R())&&setTimeout(r,500*Math.random())})}));var ee=class{#e;#n;show(e,n){if(this.drop(),!n)return;let o=this.#e=document.createElement("img");o.onerror=()=>o.remove(),Object.assign(o,{alt:"",loading:"lazy",
decoding:"async",fetchPriority:"low",referrerPolicy:"no-referrer",src:n}),e.querySelector("div")?.before(o)}change(e){this.#e&&(this.#e.src=e)}offer(e,n,o){let r=this.#n=
document.createElement("button");Object.assign(r,{type:"button",ariaLabel:n,onclick:o}),e.append(r)}drop(e){let n=this.#e;if(this.#n?.remove(),this.#e=this.#n=void 0,
!n||!e)return n?.remove();let o=()=>n.remove();setTimeout(o,1e4),e().then(o,o)}};function Te(t,e,n){let o=new IntersectionObserver(r=>{r.some(({isIntersecting:s})=>s)&&
(o.disconnect(),n())},{rootMargin:"100%"});o.observe(t),p(e,()=>o.disconnect())}var rt=`
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
@keyframes breathe { to { opacity: .6; } }`,te;function Ce(){return te||(te=new CSSStyleSheet,te.replaceSync(rt.replace(/\n\s*/g,""))),te}var S=new Map,T=new Map,re=new Set,Y=(t,e,n=0)=>({access_token:t,until:Date.now()+1e3*e-n,mono:performance.now()+1e3*e-n}),y=t=>Math.floor(Math.min(t.until-Date.
now(),t.mono-performance.now())/1e3),N=(t,e)=>t!==void 0&&y(t)>65&&t.access_token!==e,W=t=>({access_token:t.access_token,expires_in:y(t)});function ue(){S.clear(),
T.clear()}function ne(){ue(),dispatchEvent(new Event("pme-signed-in"))}var I,Re;function z(t){Re??=t,!I&&(I=new BroadcastChannel("pme"),I.addEventListener("mess\
age",({data:e})=>{let{want:n,key:o,token:r,left:s,signedIn:i}=e;Re?.(e);let a=S.get(n);a&&N(a)&&ge(n,a),s>65&&(S.has(o)||re.has(o))&&S.set(o,Y(r,s)),i&&ne()}),addEventListener(
"message",({origin:e,data:n})=>{n?.pme==="signed-in"&&me.has(e)&&ne()}))}var se=t=>I?.postMessage(t),ge=(t,e)=>I?.postMessage({key:t,token:e.access_token,left:y(
e)}),Me=t=>I?.postMessage({want:t});async function Pe(t,e,n){if(!navigator.locks)return n();let o=new AbortController,r=new AbortController,s=()=>o.abort(),i=setTimeout(
s,3e3);p(e,s,r.signal);let a=()=>{clearTimeout(i),r.abort()};try{return await navigator.locks.request("pme "+t,{signal:o.signal},()=>(a(),n()))}catch(c){if(e.aborted)
throw h();if(r.signal.aborted)throw c;return n()}finally{a()}}var we=class{listeners=new Set;models=new Set;over=new AbortController;renew=new AbortController;constructor(e,n){this.name=e,this.want=n}add(e){let n=e.filter(
o=>!this.models.has(o));for(let o of n)this.models.add(o);n.length&&this.renew.abort()}tell(e){for(let{want:n,hear:o}of[...this.listeners])(!e||n.models.includes(
e))&&o()}spread(e){this.tell(e),se({told:this.name,model:e})}},U=new Map;function lt({told:t,model:e,watching:n,models:o}){t&&U.get(t)?.tell(e),n&&o&&U.get(n)?.
add(o)}function q(t,e,n){if(e.aborted)return;z(lt);let o=t.endpoint+t.scope,r=U.get(o)??new we(o,t),s={want:t,hear:n};r.listeners.add(s),r.add(t.models),se({watching:o,
models:t.models}),U.has(o)||(U.set(o,r),dt(r).catch(()=>{})),p(e,()=>{r.listeners.delete(s),!r.listeners.size&&(U.delete(o),r.over.abort())})}async function dt(t){
let{signal:e}=t.over;if(t.want.scope||!navigator.locks)return Oe(t,e);await navigator.locks.request("pme watch "+t.name,{signal:e},()=>Oe(t,e))}async function Oe(t,e){
for(let n=!1;!e.aborted;){t.renew=new AbortController,p(e,()=>t.renew.abort(),t.renew.signal);let o=()=>{n&&t.spread(),n=!1},r=await ft(t,t.renew.signal,o).catch(
s=>s);if(e.aborted)return;t.renew.signal.aborted||(n=!0,r&&t.spread(),await w(r?4e4:3e3*(.5+Math.random()),e,!!r))}}async function ft(t,e,n){let{want:o}=t,r=new URL(
"watch?"+new URLSearchParams([...t.models].sort().map(c=>["modelId",c])),o.endpoint),s=typeof o.headers=="function"?await o.headers():o.headers,i=new Headers(s);
i.set("Accept","text/event-stream");let a=new AbortController;p(e,()=>a.abort(),a.signal);try{let c=await _(15e3,e,()=>(o.fetch??fetch)(r,{credentials:"include",
cache:"no-store",redirect:"manual",headers:i,signal:a.signal}));if(!c.ok||!c.body||!/^text\/event-stream/.test(c.headers.get("Content-Type")??""))throw new d("t\
ransient");let l=c.body.pipeThrough(new TextDecoderStream).getReader(),f="";for(let g=!0;;g=!1){let{done:m,value:v}=await _(g?15e3:13e4,e,b=>Promise.race([l.read(),
pt(b)]));if(m)return;g&&n();let u=(f+v).split(`

`);f=u.pop()??"";for(let b of u)mt(t,b)}}finally{a.abort()}}var pt=t=>new Promise((e,n)=>p(t,()=>n(h())));function mt(t,e){let n=/^data: (.*)$/m.exec(e);if(!n)return;
let{modelId:o,error:r}=JSON.parse(n[1]);t.spread(o),!(o||r)&&(ne(),se({signedIn:!0}))}var Ie=new Map,Le=new Set;function D(t){Le.has(t)||console.error("pme: "+t),Le.add(t)}function Ne(){addEventListener("securitypolicyviolation",({blockedURI:t,effectiveDirective:e,
disposition:n})=>{n==="enforce"&&/^http/.test(t)&&Ie.set(new URL(t).origin,e.replace("-elem",""))})}function j(t){let{origin:e}=new URL(t,document.baseURI),n=Ie.
get(e);if(n)return D(`the Content-Security-Policy of this page blocks ${e}. Add it to ${n}.`),new d("transient",{reason:"policy"})}function Ue({reason:t},e){t===
"endpoint"&&D(`the answer of ${e.origin+e.pathname} is none of pme's. Is pme mounted there? Set "endpoint" to where it is.`)}async function F(t,e,n,o,r){try{return await _(15e3,n,async s=>{let i=typeof t.headers=="function"?await t.headers():t.headers,a=new Headers(i);a.set("Accept","\
application/json");let[c,l]=await ut(r,s)??await ht(await(t.fetch??fetch)(e,{credentials:"include",cache:"no-store",redirect:"manual",headers:a,signal:s}));if(c.
ok&&l?.[o]!==void 0)return l;throw Se(c,l)})}catch(s){if(n.aborted)throw h();let i=j(e.href)??_e(s);throw Ue(i,e),i}}var ht=async t=>[t,await t.json().catch(()=>{})],
ut=(t,e)=>t&&Promise.race([t,new Promise((n,o)=>p(e,()=>o(h())))]);async function J(t,e,n){for(let o=0;;o++)try{return await n(o)}catch(r){if(!(r instanceof d)||
r.code!=="transient")throw r;e?.(r);let s=navigator.onLine?Math.min(1e3*2**o,3e4)*(.5+Math.random()/2):3e4;await w(Math.max(1e3*(r.retryAfter??0),s),t,!0)}}var be=new Map,qe=(t,e)=>e&&be.set(t,e);function De({endpoint:t,models:e,scope:n,headers:o,fetch:r,old:s}){let{tokens:i=[]}=be.get(t)??{},a=f=>[...f].sort().join(),
c=n||o||r||s?-1:i.findIndex(f=>a(C(f.models))===a(e));if(c<0)return;let[l]=i.splice(c,1);if(performance.now()-l.at<15e3)return l}var je=t=>[...be.values()].find(
({sdk:e})=>e===t)?.module;var ie=new Map;function wt(t,e,n){let o=ie.get(t);if(o)return o;let r=new AbortController,s=new Set,i=J(r.signal,c=>s.forEach(l=>l.report?.(c)),()=>n(r.signal)),
a={stop:r,wants:s,answer:i};return ie.set(t,a),a}async function bt(t,e){let n=new AbortController;try{return await Promise.race([t,new Promise((o,r)=>p(e,()=>r(
h()),n.signal))])}finally{n.abort()}}async function ae(t,e,n){for(z();;){if(e.signal.aborted)throw h();let o=wt(t,e,n);o.wants.add(e);try{return await bt(o.answer,
e.signal)}catch(r){if(!(r instanceof d)||!/_required/.test(r.code)||(ue(),!e.signedOut))throw r;e.signedOut(r)}finally{o.wants.delete(e),o.wants.size||(ie.get(t)===
o&&ie.delete(t),o.stop.abort())}await w(1e3*86400,e.signal,!0)}}var M=t=>t.endpoint+t.scope;function yt(t){if(!t.scope)for(let e of document.querySelectorAll("s\
cript.pme-settings")){if(new URL(e.dataset.endpoint??"",document.baseURI).href!==t.endpoint)continue;e.remove(),qe(t.endpoint,e.begun);let n=JSON.parse(e.textContent??
"");return T.set(M(t),n),n}}async function P(t){return T.get(M(t))??yt(t)??ae("settings "+M(t),t,async e=>{let n=await F(t,new URL("settings",t.endpoint),e,"vie\
wer");return T.set(M(t),n),n})}var ye=t=>T.delete(M(t)),Ke=t=>T.get(M(t))?.viewer,H=t=>T.get(M(t))?.watch===!0;async function E(t){for(;;){let{viewer:e}=await P(
t),n=JSON.stringify([t.endpoint,e,[...t.models].sort()]),o=()=>N(S.get(n),t.old);o()||(re.add(n),await ae(n,t,s=>{let i=De(t);return i?ve(t,n,s,i):Pe(n,s,()=>vt(
t,n,s,o))}).finally(()=>re.delete(n)));let r=S.get(n);if(r&&N(r))return r}}async function vt(t,e,n,o){o()||(Me(e),await w(50,n)),o()||await ve(t,e,n,{at:performance.
now()})}async function ve(t,e,n,{at:o,answer:r}){let{access_token:s,expires_in:i}=await F(t,V(t,"token"),n,"access_token",r),a=Y(s,Math.min(i,86400),performance.
now()-o);if(r&&!N(a))return ve(t,e,n,{at:performance.now()});if(!N(a))throw new d("transient");S.set(e,a),ge(e,a)}function kt({model:t,endpoint:e,signal:n=new AbortController().
signal,headers:o,fetch:r,onTransient:s,onSignedOut:i}){let a={endpoint:L(e),models:C(t),signal:n,report:s,signedOut:i,...K({headers:o,fetch:r})},c;return{async fetch(l){
for(;c&&y(c)<0&&!R();)await w(6e4,n,!0);return c=await E({...a,old:l}),W(c)}}}var ke=t=>new URL("signed-in?origin="+location.origin,t).href;function xe(t){return z(),
open(ke(L(t)),"pme-sign-in","popup,width=480,height=720")}var Ye=3,Ae=0,$e=t=>[...document.querySelectorAll("script[type=importmap]")].some(e=>e.textContent?.includes(t));async function We(t,e,n){let o=n?void 0:je(t),r=await o;
if(r)return r;(n||o)&&Ae++;let s=Ae&&!$e(t)?`${t}#${Ae}`:t;try{return await import(/* webpackIgnore: true */ /* @vite-ignore */ s)}catch(i){throw await w(50,e),j(t)??($e(t)&&n+1>=Ye?ze(i):new d("transient",
{cause:i}))}}var ze=t=>new d("failed",{cause:t,reason:"sdk"});function Fe(t,e){return t instanceof TypeError||/load|module/i.test(t?.message??"")?e+1>=Ye?ze(t):
new d("transient",{cause:t,reason:"sdk"}):(D(`the Showcase SDK does not open the space. Check the SDK key, and that it is registered for ${location.origin}.`),new d(
"failed",{cause:t}))}var Ee=!1,B=[];function At(t){if(!Ee){Ee=!0;return}return new Promise((e,n)=>{let o=()=>e(void 0);B.push(o),p(t,()=>{let r=B.indexOf(o);r<0||(B.splice(r,1),n(h()))})})}
function Et(){let t=B.shift();t?t():Ee=!1}var Je=new Error("another space's turn");async function Be(t){let e=performance.now();for(;;){await At(t.signal);try{let n=await t.
token();return{token:n,mpSdk:await Tt(t,n.access_token,e)}}catch(n){if(n!==Je)throw n}finally{Et()}}}var _t="Showcase does not answer. If this page has a Cross-\
Origin-Embedder-Policy, give it Cross-Origin-Opener-Policy: same-origin as well.";function St({frame:t,limit:e,loaded:n},o,r){return B.length&&r>=1e4?Je:o>=e&&(n()||
o>=48e4)?new d("transient",{reason:"frame"}):(n()&&r>=1e4&&D(_t),j(t.src))}var Tt=(t,e,n)=>_(2*48e4,t.signal,o=>new Promise((r,s)=>{let{sdk:i,key:a,frame:c,failures:l}=t,
f=c.contentWindow,g=performance.now(),m=i.connect?.(c,{auth:e})??i.setupSdk?.(a,{iframe:c,connectOptions:{auth:e}});Promise.resolve(m).then(r,u=>s(Fe(u,l)));let v=setInterval(
()=>{let u=performance.now(),b=St(t,u-n,u-g);b&&s(b)},1e3);p(o,()=>{clearInterval(v),s(h());let u={reason:"given up",errorType:"ConnectionRefused"};dispatchEvent(
new MessageEvent("message",{source:f,data:{type:"postmessage.reject",payload:u}}))})}));function Qe(t,e,n,o){let{signal:r}=t,s=Ke(t),i=performance.now(),a=!1,c=!1,l,f,g=()=>y(n)<0,m=async k=>{a=!0;try{return await k()}catch(x){throw x?.code!=="stop\
ped"&&o.fail(x),x}finally{a=!1,c&&!r.aborted&&v()}},v=()=>{c=a,a||m(Ve).catch(()=>{})},u=async(k,x)=>{if(g())return o.again();if(k!==f||r.aborted)throw h();let pe=await E(
{...t,old:x});if(g()||s!==(await P(t)).viewer)return o.again();if(k!==f||r.aborted)throw h();return n=pe,o.live(),o.refreshed(y(n)),W(n)},b=k=>{let x=f={};l?.dispose(),
l=e.OAuth.createTokenRefresher(k,{fetch:pe=>m(()=>u(x,pe))})},O=()=>{a||(g()?o.again():y(n)<50&&b({access_token:n.access_token,expires_in:0}))},fe=async()=>{ye(
t);let k=(await P(t)).viewer;k!==s&&(await E(t)).access_token!==n.access_token&&o.again(),s=k,o.live()},Ve=async()=>{ye(t);let k=await E({...t,old:n.access_token}),
x=(await P(t)).viewer;k.access_token===n.access_token?o.live():x!==s?o.again():b({access_token:n.access_token,expires_in:0}),s=x};b(W(n)),H(t)&&q(t,r,v),he(r,()=>{
O(),!(a||!R()||performance.now()-i<1e4)&&(i=performance.now(),m(fe).catch(()=>{}))});let Xe=setInterval(O,15e3);p(r,()=>{f=void 0,clearInterval(Xe),l.dispose()})}var Pt="brand dh f fp gt help hl hr kb lang lp mls mt nozoom pin portal qs search sr ss start tagNav title tour ts views vr wh".split(" ");function Ot(t){let e=new URLSearchParams(
t);for(let n of[...e.keys()])Pt.includes(n)||e.delete(n);return e}var Q=t=>t.forEach(e=>e.remove());async function Ge(t,e){if(!t.models[0])throw new d("invalid_\
request");let{showcase:n,sdk:o,sdk_key:r}=await P(t),s=e.key??r,i=Ot(e.params);if(!s)return Dt(t,e,i);let a={want:t,host:e,showcase:n,sdk:o,key:s,params:i,limit:6e4,
failures:0};for(;;)for(await J(t.signal,t.report,()=>It(a));!R();)await w(6e4,t.signal,!0)}var Lt=async({want:t,host:e,sdk:n,failures:o})=>e.sdk??J(t.signal,t.report,
r=>We(n,t.signal,r+o));async function It(t){let{want:e,host:n,params:o}=t,{mpSdk:r,token:s}=await Ut(t).catch(l=>{throw l?.reason==="frame"&&(t.limit=Math.min(2*
t.limit,48e4)),l?.reason==="sdk"&&t.failures++,l});t.failures=0;let i=new AbortController,{signal:a}=i,c=()=>i.abort();p(e.signal,c,a);try{await new Promise((l,f)=>{
p(a,()=>f(h()));let g=()=>l(void 0);Qe({...e,signal:a},r,s,{again:g,fail:f,live:n.live,refreshed:m=>n.tell("pme-refresh",{expiresIn:m})}),n.live(async()=>r.App?.
state?.waitUntil(({phase:m})=>m==="appphase.playing")),n.tell("pme-ready",{mpSdk:r,model:e.models[0]})}),await qt(r,o,e.signal)}finally{c(),r.disconnect?.()}}function Nt(t,e){
let[n]=t.frames();if(!n?.hidden)return;let o=r=>{let s=new URL(r);return s.searchParams.sort(),s.href};if(o(n.src)===o(e))return t.adopt(n);n.remove()}async function Ut(t){
let{want:e,host:n,showcase:o,key:r,params:s,limit:i,failures:a}=t,c=Lt(t);c.catch(()=>{});let l=`${o}/show?${new URLSearchParams([...s,["m",e.models[0]],["appli\
cationKey",r],["play","1"]])}`,f=!1,g=()=>n.frame(l,{onload:()=>{f=!0},credentialless:globalThis.crossOriginIsolated}),m=Nt(n,l);m&&(f=!0);let v=n.frames().filter(
u=>u!==m);return v.length||(m??=g()),await E(e),m?.isConnected||(m=g()),Q(v),Be({sdk:await c,key:r,frame:m,loaded:()=>f,limit:i,failures:a,signal:e.signal,token:()=>E(
e)})}async function qt(t,e,n){let o=await Promise.race([w(1e3,n),Promise.resolve(t.Link?.createDeepLink()).catch(()=>{})]);for(let[r,s]of o?new URL(o).searchParams:
[])/^(ss|sr|start)$/.test(r)&&e.set(r,s)}async function Dt(t,e,n){let[o]=t.models,r={...t,models:[o]},s="pme-ready",i="",a=()=>{},c=Promise.resolve();for(;;){let l=new Promise(
u=>{a=()=>u(!0)}),{link:f,expires_in:g}=await ae("link "+t.endpoint+t.scope+o,t,u=>F(t,V(r,"link"),u,"link"));!i&&H(t)&&q(r,t.signal,()=>a());let m=Y("",Math.max(
65,g)-45);if(f!==i){i=f;let u=new URL(f);for(let[O,fe]of n)u.searchParams.set(O,fe);let b=e.frames();c=new Promise(O=>e.frame(u,{onload:()=>O(Q(b))})),e.tell(s,
{expiresIn:g,model:o}),s="pme-refresh"}let v=c;for(e.live(()=>v);y(m)>0&&!await Promise.race([l,w(Math.min(15e3,1e3*y(m)),t.signal,!0)]););}}var jt=globalThis.HTMLElement??class{},le=(t,e={})=>Object.assign(document.createElement(t),e),Ht=["endpoint","upstream","policy"],de=class extends jt{static observedAttributes=[
"model","endpoint","sdk-key","params","strings","title","poster","loading","mode"];#e;#n=!1;#h=!1;#s;#a=!1;#u=!1;#g=!1;#c;#l;#y=le("p");#w=le("a",{target:"pme-s\
ign-in"});#d=le("div",{role:"status",hidden:!0});#i=new ee;#r=this.shadowRoot??this.attachShadow({mode:"open"});constructor(){super(),this.#r.adoptedStyleSheets=
[Ce()],this.#d.append(this.#y,this.#w),this.#r.append(this.#d)}get sdk(){return this.#e}set sdk(e){this.#e=e}get model(){return this.getAttribute("model")??""}set model(e){
this.#o("model",e)}get endpoint(){return this.getAttribute("endpoint")??""}set endpoint(e){this.#o("endpoint",e)}get sdkKey(){return this.getAttribute("sdk-key")}set sdkKey(e){
this.#o("sdk-key",e)}get params(){return this.getAttribute("params")??""}set params(e){this.#o("params",e)}get poster(){return this.getAttribute("poster")??""}set poster(e){
this.#o("poster",e)}get loading(){return this.getAttribute("loading")??""}set loading(e){this.#o("loading",e)}get mode(){return this.getAttribute("mode")??""}set mode(e){
this.#o("mode",e)}get state(){return this.getAttribute("state")??""}get strings(){try{return Object(JSON.parse(this.getAttribute("strings")||"{}"))}catch{return{}}}set strings(e){
this.#o("strings",e&&(typeof e=="string"?e:JSON.stringify(e)))}#o(e,n){n==null?this.removeAttribute(e):this.setAttribute(e,n)}connectedCallback(){for(let e of["\
sdk","model","endpoint","sdkKey","params","strings","poster","loading","mode"]){if(!Object.hasOwn(this,e))continue;let n=this,o=n[e];delete n[e],n[e]=o}this.#n=
!0,this.#v()}disconnectedCallback(){this.#n=this.#u=!1,this.#f()}connectedMoveCallback(){}attributeChangedCallback(e,n,o){if(!(!this.#n||n===o))if(e==="title")for(let r of this.#p())
r.title=this.#k();else e==="strings"?this.#l&&this.#t(...this.#l):e==="poster"?this.#i.change(this.poster):(this.state==="idle"||e!=="loading"&&e!=="mode")&&this.#A()}#A(){
this.#h||(this.#h=!0,queueMicrotask(()=>{this.#h=!1,this.#n&&this.#v()}))}#v(){let e=this.mode==="click";if(this.#u||!e&&this.loading!=="lazy")return this.reload();
this.#f();let{signal:n}=this.#s=new AbortController;if(this.#l=void 0,this.setAttribute("state","idle"),this.#d.hidden=!0,!e)return Te(this,n,()=>this.reload());
this.#i.show(this.#r,this.poster),this.#i.offer(this.#r,`${this.#b("play")}${this.title&&": "+this.title}`,()=>{this.reload(),this.#g=!0})}reload(){this.#u=!0,this.#s&&
this.#f();let e=this.#s=new AbortController,{signal:n}=e;this.#R(n).catch(o=>{if(n.aborted)return;let r=this.#a;this.#f();let s=Z.includes(o.code)?o.code:"faile\
d";o.reason==="sdk"?this.#t(s,"broken","reload",()=>location.reload()):this.#t(s,s==="access_denied"&&r?"withdrawn":s,"again",s==="failed"?()=>this.reload():void 0),
this.#m("pme-error",{error:o,final:!0}),s==="access_denied"&&this.#E()})}#E(){let{signal:e}=this.#s=new AbortController,n={endpoint:L(this.endpoint),models:C(this.
model),signal:e,...K({})},o=()=>{e.aborted||this.reload()};H(n)&&q(n,e,()=>{E(n).then(o,()=>{})})}#f(){this.#s?.abort(),this.#s=void 0,this.#c=void 0,this.#a=!1,
this.#i.drop(),Q(this.#p())}#k(){return this.title||"Matterport"}#p(){return[...this.#r.querySelectorAll("iframe")]}#x(e){return Object.assign(e,{title:this.#k(),
allow:"fullscreen; xr-spatial-tracking; autoplay",hidden:!1})}#_(e,n){let o=Object.assign(this.#x(le("iframe")),n,{src:e});return this.#r.prepend(o),this.#g&&document.
activeElement===document.body&&o.focus({preventScroll:!0}),this.#g=!1,o}#m(e,n){this.dispatchEvent(new CustomEvent(e,{detail:n,bubbles:!0}))}#t(e,n=e,o="again",r,s="\
#"){this.#l=[e,n,o,r,s];let i=e==="live"?"":this.#b(n);this.setAttribute("state",e),this.#d.hidden=!i,this.#y.textContent=i,Object.assign(this.#w,{hidden:!r,href:s,
textContent:this.#b(o)}),this.#w.onclick=a=>r?.()===null||a.preventDefault()}#b(e){return this.strings[e]??X[e]??e}#S(e){this.#i.drop(e),this.#c=void 0,this.#a=
!0,this.#t("live")}#T(e,n){if(this.#m("pme-error",{error:e,final:!1}),Ht.includes(e.reason??""))return this.#C(e,n);this.#c=void 0,e.reason==="frame"?this.#t("o\
pening","slow"):this.#t(this.#a?"waiting":"opening","waiting")}async#C(e,n){let o=this.#c??=performance.now();await w(Math.max(0,o+1e4-performance.now()),n).catch(
()=>{}),!(n.aborted||this.#c!==o)&&this.#t(this.state==="opening"?"opening":"waiting",e.description??"unavailable")}async#R(e){let n=L(this.endpoint);this.#i.show(
this.#r,this.poster),this.#t("opening"),await Ge({endpoint:n,signal:e,models:C(this.model),...K({}),report:o=>{this.#T(o,e)},signedOut:({code:o,loginURL:r})=>{this.#a||
Q(this.#p()),this.#t(o,o,o==="login_required"?"sign_in":"connect",()=>xe(n),ke(n)),this.#m("pme-signed-out",{code:o,loginURL:r})}},{frames:()=>this.#p(),frame:(o,r)=>this.#_(
o,r),adopt:o=>this.#x(o),live:o=>this.#S(o),tell:(o,r)=>this.#m(o,r),params:this.params,key:this.sdkKey,sdk:this.#e})}};function Kt(){!globalThis.customElements||customElements.get("pme-space")||(Ne(),customElements.define("pme-space",de))}Kt();export{d as PMEError,de as PMESpace,Ze as configure,kt as createFetcher,Kt as define,xe as signIn};
//# sourceMappingURL=pme.js.map
