package serve

// missing takes the place of "is required".
const missing = " is missing: find it at Matterport, in the settings under Developer Tools"

// These say which settings the fields of the library's Configs are set by.

var handlerWords = glossary{
	part: "matterport",
	fields: map[string]string{
		"ClientID": "matterport.client_id", "ClientSecret": "matterport.client_secret", "ClientSecrets": "matterport.client_secret",
		"BaseURL": "matterport.api_url", "ShowcaseURL": "matterport.showcase_url", "SDKURL": "matterport.sdk_url",
		"SDKIntegrity": "matterport.sdk_integrity", "SDKKey": "matterport.sdk_key", "SDKKeys": "matterport.sdk_key",
		"ValidFor": "tokens.valid_for", "RefreshBefore": "tokens.refresh_before", "MintBurst": "tokens.mint_burst", "MintEvery": "tokens.mint_every",
		"Access": "access.file", "Authenticate": "login", "Fleet": "fleet",
		"Title": "pages.title", "Lang": "pages.languages", "Languages": "pages.languages", "ContactURL": "pages.contact_url",
		"HomeURL": "pages.home_url", "SignOutURL": "pages.sign_out_url", "FrameAncestors": "pages.frame_ancestors",
		"AllowedOrigins": "pages.allowed_origins",
		"Credential":     "webhook", "Secrets": "webhook.secret", "User": "webhook.user", "Header": "webhook.header",
	},
	texts: []string{"MintTimeout, MintEvery, MintBurst and MaxModels must", "MintEvery and MintBurst must", " is required", missing},
}

var proxyWords = glossary{
	part: "base_url", fields: map[string]string{"BaseURL": "base_url", "Proxies": "proxies"},
	texts: []string{"set UnsafeTrustAnyPeer if that is meant", "name the addresses of the proxy alone"},
}

var headersWords = glossary{
	part: "login.headers",
	fields: map[string]string{ //nolint:gosec // names of settings, and no secrets
		"Proxies": "login.headers.proxies", "User": "login.headers.user", "Email": "login.headers.email", "Name": "login.headers.name",
		"Groups": "login.headers.groups", "GroupSeparator": "login.headers.group_separator", "SecretHeader": "login.headers.secret_header",
		"Secret": "login.headers.secret", "LoginURL": "login.url",
	},
	texts: []string{
		"set UnsafeTrustAnyPeer if that is meant", "name the addresses of the proxy alone",
		", unless UnsafeTrustAnyPeer is set", ": there is no default, as whoever connects from them is believed",
	},
}

var bearerWords = glossary{
	part: "login.bearer",
	fields: map[string]string{ //nolint:gosec // names of settings, and no secrets
		"Issuer": "login.bearer.issuer", "Audience": "login.bearer.audience", "DiscoveryURL": "login.bearer.discovery_url",
		"Algorithms": "login.bearer.algorithms", "AccessTokens": "login.bearer.access_tokens", "Scopes": "login.bearer.scopes",
		"Clients": "login.bearer.clients", "GroupsClaim": "login.bearer.groups_claim", "GroupsFormat": "login.bearer.groups_format",
		"Leeway": "login.bearer.leeway", "LoginURL": "login.url",
	},
}

var jwtWords = glossary{
	part: "login.jwt",
	fields: map[string]string{
		"Cookie": "login.jwt.cookie", "Header": "login.jwt.header", "Algorithm": "login.jwt.algorithm", "Keys": "login.jwt.key",
		"PublicKey": "login.jwt.public_key", "JWKSURL": "login.jwt.jwks_url", "Issuer": "login.jwt.issuer", "Audience": "login.jwt.audience",
		"Leeway": "login.jwt.leeway", "ID": "login.jwt.user_claim", "Email": "login.jwt.email_claim", "Name": "login.jwt.name_claim",
		"Groups": "login.jwt.groups_claim", "Session": "login.jwt.session_claim", "LoginURL": "login.url",
	},
}

var whoamiWords = glossary{
	part: "login.whoami",
	fields: map[string]string{
		"URL": "login.whoami.url", "AllowPlainHTTP": "login.whoami.allow_plain_http", "Cookies": "login.whoami.cookies",
		"Headers": "login.whoami.headers", "Remember": "login.whoami.remember", "Timeout": "login.whoami.timeout", "LoginURL": "login.url",
	},
}

var oidcWords = glossary{
	part: "login.oidc",
	fields: map[string]string{ //nolint:gosec // names of settings, and no secrets
		"Issuer": "login.oidc.issuer", "ClientID": "login.oidc.client_id", "ClientSecret": "login.oidc.client_secret",
		"ClientSecrets": "login.oidc.client_secret", "CookieKeys": "login.oidc.cookie_keys", "CookieSecrets": "login.oidc.cookie_keys",
		"RedirectURL": "base_url", "TokenEndpointAuthMethod": "login.oidc.token_endpoint_auth_method",
		"DiscoveryURL": "login.oidc.discovery_url", "Scopes": "login.oidc.scopes", "Prompt": "login.oidc.prompt", "MaxAge": "login.oidc.max_age",
		"ACRValues": "login.oidc.acr_values", "RequireClaims": "login.oidc.require_claims", "AuthParams": "login.oidc.auth_params",
		"GroupsClaim": "login.oidc.groups_claim", "GroupsFormat": "login.oidc.groups_format", "IdleTimeout": "login.oidc.idle_timeout",
		"Lifetime": "login.oidc.lifetime", "PostLogoutURL": "login.oidc.post_logout_url",
		"PartitionedCookies": "login.oidc.partitioned_cookies", "Leeway": "login.oidc.leeway",
	},
}

var oauthWords = glossary{
	part: "connections",
	fields: map[string]string{
		"ClientID": "connections.client_id", "ClientSecret": "connections.client_secret", "ClientSecrets": "connections.client_secret",
		"RedirectURL": "base_url", "Scopes": "connections.scopes", "AccessTokenLife": "connections.token_life",
		"AuthorizeURL": "connections.authorize_url", "SelectorURL": "connections.selector_url", "BaseURL": "matterport.api_url",
		"MaxPerUser": "connections.max_per_user", "RefreshBefore": "connections.token_life",
	},
	texts: []string{" is required", missing},
}

var fleetWords = glossary{
	part: "fleet",
	fields: map[string]string{
		"URL": "fleet.url", "Addresses": "fleet.addresses", "TLS": "fleet.tls", "Username": "fleet.username", "Password": "fleet.password",
		"Sentinel": "fleet.sentinel_master", "Master": "fleet.sentinel_master", "Keys": "fleet.keys", "Namespace": "fleet.namespace",
		"Lease": "fleet.lease", "OnOutage": "fleet.on_outage", "MaxOutage": "fleet.max_outage", "WaitReplicas": "fleet.wait_replicas",
	},
	texts: []string{"[user:password@]", "", "give FailClosed or MintLocally", "write fail_closed or mint_locally"},
}

var auditWords = glossary{
	part: "audit",
	fields: map[string]string{
		"Dir": "audit.dir", "Mode": "audit.mode", "Retention": "audit.retention", "ChainKey": "audit.chain_key", "Sinks": "audit.dir",
		"Path": "audit.database",
	},
}

var storeWords = glossary{
	part:   "connections.database",
	fields: map[string]string{"Keys": "connections.keys", "KeySecrets": "connections.keys", "Path": "connections.database"},
}
