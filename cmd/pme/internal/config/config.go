// Package config is what the program pme can be told: in a YAML file, in the environment and by flags. [Load] reads it.
//
// A field has one path, such as matterport.client_id. The file has it as a key in a section, the environment as
// MATTERPORT_CLIENT_ID, and the command line as -matterport.client_id. A flag comes before the environment, and the environment
// before the file. The name of a field in the environment is PME_ and its path in capitals, with _ for the dots, unless the tag env
// says otherwise.
//
// A secret can also be in a file of its own, one value on each line, which is read again when it changes:
// matterport.client_secret_file, MATTERPORT_CLIENT_SECRET_FILE and -matterport.client_secret_file. A secret itself is no flag,
// because every user of the machine can read the arguments of a process. Several values, the newest first, are separated by spaces,
// or are a list in the file.
//
// In the environment and by flags the values of a list are separated by spaces or commas, or written in JSON, as in ["a b","c"]. Names
// and values are written as name=value,name=value, or in JSON.
//
// # Fields
//
// Everything about a field is in its type, its tags and its comment: the tags choices, form and least are what Load checks, and the
// comment is the text of the flag, of the schema, of the sample and of docs/gateway-settings.md. After a change run go generate.
package config

import (
	"net/netip"
	"time"
)

// Config is everything that pme serve can be told. The zero value of each field is a default.
type Config struct {
	// Addr is the address to listen on, such as 127.0.0.1:8080 or unix:/run/pme/http.sock. Default: 127.0.0.1:8080.
	Addr string `yaml:"addr" form:"address"`

	// BaseURL is the address at which browsers find what this program has at /, such as https://intranet.example.com. Default: http and Addr,
	// which is for this machine alone.
	BaseURL string `yaml:"base_url" form:"url"`

	// Proxies are the addresses that the proxy in front connects from. Only its X-Forwarded-For and X-Forwarded-Prefix are believed,
	// and it must overwrite or remove them. Default: none, and no such header is believed.
	Proxies []netip.Prefix `yaml:"proxies"`

	// Paths say what is where.
	Paths Paths `yaml:"paths"`

	// Matterport says how the account is reached.
	Matterport Matterport `yaml:"matterport"`

	// Login says how people are known. At least one of its sections is required.
	Login Login `yaml:"login"`

	// Access says who may see what.
	Access Access `yaml:"access"`

	// Tokens says how long tokens live and how many there may be.
	Tokens Tokens `yaml:"tokens"`

	// Fleet is the Redis or Valkey that several replicas share.
	Fleet Fleet `yaml:"fleet"`

	// Connections let people connect Matterport accounts of their own.
	Connections Connections `yaml:"connections"`

	// Pages say how pages look.
	Pages Pages `yaml:"pages"`

	// Webhook receives events of Matterport.
	Webhook Webhook `yaml:"webhook"`

	// Audit keeps the trail of who saw what.
	Audit Audit `yaml:"audit"`

	// Admin has the pages for administrators.
	Admin Admin `yaml:"admin"`

	// Control is the socket of the commands who, revoke, explain and report.
	Control Control `yaml:"control"`

	// Metrics are for Prometheus.
	Metrics Metrics `yaml:"metrics"`

	// Log says what is logged, and how.
	Log Log `yaml:"log"`

	// Drain is how long requests may take to finish after SIGTERM. Default: 15s.
	Drain time.Duration `yaml:"drain"`
}

// Paths say what is where, below BaseURL.
type Paths struct {
	// Spaces is the prefix of the gallery, the pages of spaces and the endpoints. Default: /pme.
	Spaces string `yaml:"spaces" form:"prefix"`

	// Auth is the prefix of the OpenID login. Default: /auth.
	Auth string `yaml:"auth" form:"prefix"`

	// Admin is the prefix of the pages for administrators. Default: /pme-admin.
	Admin string `yaml:"admin" form:"prefix"`

	// Webhook is where Matterport sends its events. Default: /matterport-events.
	Webhook string `yaml:"webhook" form:"prefix"`
}

// Matterport says how the account is reached.
type Matterport struct {
	// ClientID is the ID of the account's OAuth application: in Matterport's settings under Developer Tools. Required.
	ClientID string `yaml:"client_id" env:"MATTERPORT_CLIENT_ID"`

	// ClientSecret is the secret of that application. There may be several, the newest first. Required.
	ClientSecret Secret `yaml:"client_secret" env:"MATTERPORT_CLIENT_SECRET"`

	// APIURL is where Matterport's API is. Default: https://api.matterport.com.
	APIURL string `yaml:"api_url" env:"MATTERPORT_API_URL" form:"url"`

	// ShowcaseURL is the origin that serves Showcase. Default: https://my.matterport.com.
	ShowcaseURL string `yaml:"showcase_url" env:"MATTERPORT_SHOWCASE_URL" form:"url"`

	// SDKURL is the address of the ES module of the Showcase SDK. Default: Matterport's, in a fixed version.
	SDKURL string `yaml:"sdk_url" env:"MATTERPORT_SDK_URL" form:"url"`

	// SDKIntegrity is the Subresource Integrity value of the module at SDKURL. Default: none.
	SDKIntegrity string `yaml:"sdk_integrity" env:"MATTERPORT_SDK_INTEGRITY"`

	// SDKKey is the SDK key of the account's Developer Tools page. Default: none, and spaces are shown by plain links.
	SDKKey Secret `yaml:"sdk_key" env:"MATTERPORT_SDK_KEY"`

	// Places has the gallery show the folders, towns and numbers that spaces have at Matterport. Default: false.
	Places bool `yaml:"places" env:"MATTERPORT_PLACES"`
}

// Login says how people are known: by one section or several. Several are asked in the order that they have here.
type Login struct {
	// Headers believes a proxy that has signed people in.
	Headers *Headers `yaml:"headers"`

	// Bearer believes tokens of an OpenID provider that scripts send.
	Bearer *Bearer `yaml:"bearer"`

	// JWT believes a token of the host's own, in a cookie or a header.
	JWT *JWT `yaml:"jwt"`

	// Whoami asks the host, with the cookies of the request.
	Whoami *Whoami `yaml:"whoami"`

	// OIDC signs people in at an OpenID provider.
	OIDC *OIDC `yaml:"oidc"`

	// URL is where people sign in at the host: a path such as /login, or an address with https. The sections but OIDC use it. Default: none, and people who
	// are not signed in get an answer that says so.
	URL string `yaml:"url" form:"link"`
}
