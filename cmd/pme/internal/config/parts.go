package config

import "time"

// Access says who may see what.
type Access struct {
	// File is the allow-list, which is read again when it changes. Required.
	File string `yaml:"file" form:"file"`

	// Interval is the time between two looks at File. Default: 5s.
	Interval time.Duration `yaml:"interval"`

	// Views lets people open views of spaces. Default: false.
	Views bool `yaml:"views"`
}

// Tokens says how long tokens live and how many there may be.
type Tokens struct {
	// ValidFor is how long a token lives. Default: 10m.
	ValidFor time.Duration `yaml:"valid_for" env:"PME_VALID_FOR"`

	// RefreshBefore is how much of its life a token must have left to be given out again. Default: 2m.
	RefreshBefore time.Duration `yaml:"refresh_before" env:"PME_REFRESH_BEFORE"`

	// MintBurst is how many calls to Matterport one user may cause at once. Default: 30.
	MintBurst int `yaml:"mint_burst" least:"1"`

	// MintEvery is the time after which a user may cause one more. Default: 2s.
	MintEvery time.Duration `yaml:"mint_every"`
}

// Fleet is the Redis or Valkey that several replicas share: fleet.Config.
type Fleet struct {
	// URL is where the server is: redis://host:6379/0, or rediss:// for an encrypted connection. A user and a password in it are taken for
	// Username and Password, unless these are set. Default: there is one replica.
	URL string `yaml:"url" env:"REDIS_URL" form:"redis"`

	// Addresses are the servers, nodes of a cluster, or Sentinels, as host:port, in place of URL. Default: none.
	Addresses []string `yaml:"addresses" form:"hostport"`

	// TLS encrypts the connections to Addresses. Default: false.
	TLS bool `yaml:"tls"`

	// Username is the name of an ACL user. Default: none.
	Username string `yaml:"username"`

	// Password is the password of the server, or of the ACL user. Default: none.
	Password Secret `yaml:"password"`

	// SentinelMaster is the server that the Sentinels at Addresses watch. Default: none.
	SentinelMaster string `yaml:"sentinel_master"`

	// Keys seal what is stored: 32 bytes in base64, as pme key new makes. The first seals, all open. Required with URL or Addresses.
	Keys Secret `yaml:"keys" env:"PME_FLEET_KEY"`

	// Namespace tells fleets that share a server apart. Default: default.
	Namespace string `yaml:"namespace"`

	// Lease is how long a replica answers from memory. Default: 1s.
	Lease time.Duration `yaml:"lease"`

	// OnOutage is what replicas do while the server does not answer: fail_closed or mint_locally. Default: fail_closed.
	OnOutage string `yaml:"on_outage" choices:"fail_closed,mint_locally"`

	// MaxOutage is how long replicas go on with mint_locally. Default: 1h.
	MaxOutage time.Duration `yaml:"max_outage"`

	// WaitReplicas is how many replicas of Redis must have a revocation before it returns. Default: 0.
	WaitReplicas int `yaml:"wait_replicas" least:"0"`
}

// Connections let people connect Matterport accounts of their own: connect.Config.
type Connections struct {
	// ClientID is the ID of the OAuth application for people's accounts. The address to register at Matterport is BaseURL, the path spaces,
	// and /connect/callback. Default: accounts cannot be connected.
	ClientID string `yaml:"client_id" env:"MATTERPORT_OAUTH_CLIENT_ID"`

	// ClientSecret is the secret of that application. There may be several, the newest first. Required with ClientID.
	ClientSecret Secret `yaml:"client_secret" env:"MATTERPORT_OAUTH_CLIENT_SECRET"`

	// Scopes are what the application asks for. Default: ViewDetails.
	Scopes []string `yaml:"scopes" env:"MATTERPORT_OAUTH_SCOPES"`

	// TokenLife is how long access tokens shall live. Default: what is set at Matterport.
	TokenLife time.Duration `yaml:"token_life" env:"MATTERPORT_OAUTH_TOKEN_LIFE"`

	// AuthorizeURL is the page at which the owner of an account agrees. Default: that of Matterport.
	AuthorizeURL string `yaml:"authorize_url" env:"MATTERPORT_AUTHORIZE_URL" form:"url"`

	// SelectorURL is the page at which the owner chooses spaces. Default: that of Matterport.
	SelectorURL string `yaml:"selector_url" env:"MATTERPORT_SELECTOR_URL" form:"url"`

	// Database is where connections are stored: a file for SQLite, or a postgres:// URL. Required with ClientID.
	Database Secret `yaml:"database" form:"database"`

	// Keys encrypt what is stored: 32 bytes in base64, as pme key new makes. The first encrypts, all decrypt. Required with ClientID.
	Keys Secret `yaml:"keys"`

	// MaxPerUser bounds the connections of one person. Default: 10.
	MaxPerUser int `yaml:"max_per_user" least:"1"`
}

// Pages say how pages look: pages.Config.
type Pages struct {
	// Title heads the gallery. Default: Spaces.
	Title string `yaml:"title"`

	// Languages are the languages of the pages, such as en, de, ar. The first is for those whom none fits. Default: en.
	Languages []string `yaml:"languages"`

	// ContactURL is where people ask for access. Default: none.
	ContactURL string `yaml:"contact_url" form:"link"`

	// HomeURL is where the pages lead back to. Default: none.
	HomeURL string `yaml:"home_url" form:"link"`

	// SignOutURL is a page of the host's at which people sign out. Default: that of the OpenID login.
	SignOutURL string `yaml:"sign_out_url" form:"link"`

	// FrameAncestors are the origins whose pages may frame these: self, none, or exact origins. Default: self.
	FrameAncestors []string `yaml:"frame_ancestors"`

	// AllowedOrigins are the origins whose pages may read the JSON endpoints with the visitor's cookies. Default: none.
	AllowedOrigins []string `yaml:"allowed_origins"`
}

// Webhook receives events of Matterport: webhook.Credential.
type Webhook struct {
	// Secret is the value that Matterport sends with each event, of at least 16 bytes. There may be several. Default: no events are received.
	Secret Secret `yaml:"secret"`

	// User is the user of basic authentication. Default: none.
	User string `yaml:"user"`

	// Header is the header with the secret, if it is one of its own. Default: Authorization.
	Header string `yaml:"header" form:"header"`
}

// Audit keeps the trail of who saw what: audit.Config.
type Audit struct {
	// Dir is a directory for files of JSON lines. Default: none.
	Dir string `yaml:"dir" form:"file"`

	// Database is where records are stored besides Dir: a file for SQLite, or a postgres:// URL. Default: none.
	Database Secret `yaml:"database" form:"database"`

	// Mode is what happens if the trail cannot be written: best_effort or required. With required, a grant waits for the trail. Default: best_effort.
	Mode string `yaml:"mode" choices:"best_effort,required"`

	// Retention is how long records are kept, at least 24h. Default: forever.
	Retention time.Duration `yaml:"retention" least:"24h"`

	// ChainKey makes the hashes keyed: 32 bytes in base64. Default: hashes without a key.
	ChainKey Secret `yaml:"chain_key"`

	// PseudonymKeys replace personal data: 32 bytes in base64 each, the newest first. Default: it is written as it is.
	PseudonymKeys Secret `yaml:"pseudonym_keys"`
}

// Admin has the pages for administrators: admin.Options.
type Admin struct {
	// Users are the administrators, by ID. Default: none. Without Users and Groups there are no such pages.
	Users []string `yaml:"users"`

	// Groups are the groups whose people are administrators. Default: none.
	Groups []string `yaml:"groups"`

	// RecentLogin is how long ago an administrator may have signed in who revokes something. Default: 10m.
	RecentLogin time.Duration `yaml:"recent_login"`
}

// Control is the socket of the commands who, revoke, explain and report.
type Control struct {
	// Socket is the path of a Unix socket. Whoever may write to it may revoke: only the user of the process, unless the directory says
	// otherwise. Default: none, and the commands work with files alone.
	Socket string `yaml:"socket" form:"file"`
}

// Metrics are for Prometheus.
type Metrics struct {
	// Addr is the address at which /metrics is, such as 127.0.0.1:9090. Default: there are none.
	Addr string `yaml:"addr" form:"hostport"`
}

// Log says what is logged, and how.
type Log struct {
	// Level is the least severe level that is logged: debug, info, warn or error. Default: info.
	Level string `yaml:"level" choices:"debug,info,warn,error"`

	// Format is how records are written: text or json. Default: text.
	Format string `yaml:"format" choices:"text,json"`
}
