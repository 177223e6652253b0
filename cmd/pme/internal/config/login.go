package config

import (
	"net/netip"
	"time"
)

// Headers believe a proxy that has signed people in: middleware.TrustedHeaderConfig.
type Headers struct {
	// Proxies are the addresses that the proxy connects from, as few as possible. Required, unless Addr is a Unix socket.
	Proxies []netip.Prefix `yaml:"proxies"`

	// User is the header with the user's name, such as X-Forwarded-User. The proxy must overwrite it, and all those below. Required.
	User string `yaml:"user" form:"header"`

	// Email is the header with the user's e-mail address. Default: it is not read.
	Email string `yaml:"email" form:"header"`

	// Name is the header with the name that pages show. Default: it is not read.
	Name string `yaml:"name" form:"header"`

	// Groups is the header with the user's groups. Default: it is not read.
	Groups string `yaml:"groups" form:"header"`

	// GroupSeparator is what stands between two groups. Default: a comma.
	GroupSeparator string `yaml:"group_separator" form:"separator"`

	// EmailVerified says that the proxy passes on only such addresses as its provider has checked. Default: false.
	EmailVerified bool `yaml:"email_verified"`

	// SecretHeader is a header that the proxy adds, with Secret as its value. Default: the address of the proxy is enough.
	SecretHeader string `yaml:"secret_header" form:"header"`

	// Secret is the value of SecretHeader, of at least 16 bytes. Required with SecretHeader.
	Secret Secret `yaml:"secret"`
}

// Bearer believes tokens of an OpenID provider that scripts send: bearer.Config.
type Bearer struct {
	// Issuer is the provider's identifier, exactly as its tokens write it. Required.
	Issuer string `yaml:"issuer" form:"url"`

	// Audience is whom the token must be meant for, among others. Required.
	Audience string `yaml:"audience"`

	// DiscoveryURL is the address of the discovery document. Default: Issuer and /.well-known/openid-configuration.
	DiscoveryURL string `yaml:"discovery_url" form:"url"`

	// Algorithms are the algorithms that a token may be signed with. Default: RS256, ES256 and EdDSA.
	Algorithms []string `yaml:"algorithms" choices:"RS256,RS384,RS512,PS256,PS384,PS512,ES256,ES384,ES512,EdDSA"`

	// AccessTokens accepts only access tokens that say so in their header. Default: false.
	AccessTokens bool `yaml:"access_tokens"`

	// Scopes are the scopes that must all have been granted. Default: none is required.
	Scopes []string `yaml:"scopes"`

	// Clients are the clients that the token may have been issued to. Default: any client.
	Clients []string `yaml:"clients"`

	// GroupsClaim is the claim with the groups. Default: groups.
	GroupsClaim string `yaml:"groups_claim"`

	// GroupsFormat is how the groups are written: array, json, comma or keys. Default: array.
	GroupsFormat string `yaml:"groups_format" choices:"array,json,comma,keys"`

	// Leeway is how far the provider's clock may be off. Default: 10s.
	Leeway time.Duration `yaml:"leeway"`
}

// JWT believes a token of the host's own, in a cookie or a header: hostjwt.Config.
type JWT struct {
	// Cookie is the name of the cookie with the token. Required, unless there is a Header.
	Cookie string `yaml:"cookie" form:"header"`

	// Header is the name of the header with the token. In Authorization it is a bearer token. Required, unless there is a Cookie.
	Header string `yaml:"header" form:"header"`

	// Algorithm is the algorithm that tokens are signed with, such as HS256, RS256 or EdDSA. All others are refused. Required.
	Algorithm string `yaml:"algorithm" choices:"HS256,HS384,HS512,RS256,RS384,RS512,PS256,PS384,PS512,ES256,ES384,ES512,EdDSA"`

	// Key is the key of HS256, HS384 or HS512, of at least 32 bytes, which nothing else uses. Required with one of these.
	Key Secret `yaml:"key"`

	// JWKSURL is where the public keys are. Required with all other algorithms, unless there is a PublicKey.
	JWKSURL string `yaml:"jwks_url" form:"url"`

	// PublicKey is a file with the public key in PEM, in place of JWKSURL. Default: none.
	PublicKey string `yaml:"public_key" form:"file"`

	// Issuer is who must have issued the token, as it says itself. Required.
	Issuer string `yaml:"issuer"`

	// Audience is whom the token must be meant for. Required.
	Audience string `yaml:"audience"`

	// UserClaim is the claim with the user's ID. Default: sub.
	UserClaim string `yaml:"user_claim"`

	// EmailClaim is the claim with the user's e-mail address. Default: email.
	EmailClaim string `yaml:"email_claim"`

	// NameClaim is the claim with the name that pages show. Default: name.
	NameClaim string `yaml:"name_claim"`

	// GroupsClaim is the claim with the user's groups. Default: groups.
	GroupsClaim string `yaml:"groups_claim"`

	// SessionClaim is the claim with the ID of the session. Default: sid.
	SessionClaim string `yaml:"session_claim"`

	// Leeway is how far the host's clock may be off. Default: 10s.
	Leeway time.Duration `yaml:"leeway"`
}

// Whoami asks the host who sent a request: whoami.Config.
type Whoami struct {
	// URL is the address that is asked, such as http://127.0.0.1:3000/whoami. Plain http is for loopback addresses. Required.
	URL string `yaml:"url" form:"url"`

	// Cookies are the names of the cookies that the host is shown. Required, unless there are Headers.
	Cookies []string `yaml:"cookies" form:"header"`

	// Headers are the names of the headers that the host is shown. Required, unless there are Cookies.
	Headers []string `yaml:"headers" form:"header"`

	// Remember is how long an answer counts. Default: 5s.
	Remember time.Duration `yaml:"remember"`

	// Timeout is how long the host may take. Default: 2s.
	Timeout time.Duration `yaml:"timeout"`

	// AllowPlainHTTP lets URL be http on another machine, where every machine on the way can read the cookies. Default: false.
	AllowPlainHTTP bool `yaml:"allow_plain_http"`
}

// OIDC signs people in at an OpenID provider: oidclogin.Config.
type OIDC struct {
	// Issuer is the provider's identifier, exactly as its discovery document writes it. Required.
	Issuer string `yaml:"issuer" env:"OIDC_ISSUER" form:"url"`

	// ClientID is the ID of this application at the provider. The address to register there is BaseURL, the path auth, and /callback.
	// Required.
	ClientID string `yaml:"client_id" env:"OIDC_CLIENT_ID"`

	// ClientSecret is the secret of this application at the provider. There may be several, the newest first. Default: none, for an application without one.
	ClientSecret Secret `yaml:"client_secret" env:"OIDC_CLIENT_SECRET"`

	// CookieKeys seal the cookies of the login: at least 32 bytes, as pme key new makes. Default: one for this process, and people
	// sign in again when it is restarted.
	CookieKeys Secret `yaml:"cookie_keys" env:"OIDC_COOKIE_KEYS"`

	// TokenEndpointAuthMethod is how this application authenticates itself at the provider: client_secret_basic or client_secret_post. Default: as the discovery document says.
	TokenEndpointAuthMethod string `yaml:"token_endpoint_auth_method" env:"OIDC_TOKEN_ENDPOINT_AUTH_METHOD" choices:"client_secret_basic,client_secret_post"`

	// DiscoveryURL is the address of the discovery document. Default: Issuer and /.well-known/openid-configuration.
	DiscoveryURL string `yaml:"discovery_url" env:"OIDC_DISCOVERY_URL" form:"url"`

	// Scopes are the scopes that are requested in addition to openid. Default: profile and email.
	Scopes []string `yaml:"scopes" env:"OIDC_SCOPES"`

	// Prompt is the parameter prompt of the authorization request, such as login. Default: none.
	Prompt string `yaml:"prompt" env:"OIDC_PROMPT"`

	// MaxAge is how long ago people may have authenticated at the provider. Default: the provider decides.
	MaxAge time.Duration `yaml:"max_age" env:"OIDC_MAX_AGE"`

	// ACRValues are the parameter acr_values of the authorization request. A login must have one of them. Default: none.
	ACRValues []string `yaml:"acr_values" env:"OIDC_ACR_VALUES"`

	// RequireClaims are claims, by name and value, that the ID token must have. Default: none.
	RequireClaims map[string]string `yaml:"require_claims" env:"OIDC_REQUIRE_CLAIMS"`

	// AuthParams are further parameters of the authorization request. Default: none.
	AuthParams map[string]string `yaml:"auth_params" env:"OIDC_AUTH_PARAMS"`

	// IgnoreUserInfo says that the ID token is all there is. Default: false.
	IgnoreUserInfo bool `yaml:"ignore_user_info" env:"OIDC_IGNORE_USER_INFO"`

	// GroupsClaim is the claim with the groups. Default: groups.
	GroupsClaim string `yaml:"groups_claim" env:"OIDC_GROUPS_CLAIM"`

	// GroupsFormat is how the groups are written: array, json, comma or keys. Default: array.
	GroupsFormat string `yaml:"groups_format" env:"OIDC_GROUPS_FORMAT" choices:"array,json,comma,keys"`

	// IdleTimeout ends a session that is not used. Default: 2h.
	IdleTimeout time.Duration `yaml:"idle_timeout" env:"OIDC_IDLE_TIMEOUT"`

	// Lifetime ends a session however much it is used. Default: 12h.
	Lifetime time.Duration `yaml:"lifetime" env:"OIDC_LIFETIME"`

	// KeepTokens keeps the provider's tokens, sealed, so that sessions are renewed silently. Default: false.
	KeepTokens bool `yaml:"keep_tokens" env:"OIDC_KEEP_TOKENS"`

	// PostLogoutURL is where people arrive after signing out. Default: the page signed-out of the login.
	PostLogoutURL string `yaml:"post_logout_url" env:"OIDC_POST_LOGOUT_URL" form:"link"`

	// PartitionedCookies lets a portal on another site frame the application. Default: false.
	PartitionedCookies bool `yaml:"partitioned_cookies" env:"OIDC_PARTITIONED_COOKIES"`

	// Leeway is how far the provider's clock may be off. Default: 30s.
	Leeway time.Duration `yaml:"leeway" env:"OIDC_LEEWAY"`
}
