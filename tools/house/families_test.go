package main

import (
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// The names of files are names that this project had or may have. The identifiers are what such files use.
func TestFamilies(t *testing.T) {
	for name, test := range map[string]struct {
		files       string
		identifiers string
		want        []string
	}{
		"accounts in a handler": {
			files:       "assets connect connectbegin connectcallback connectcookie connecterrors cors csp errors",
			identifiers: "Connect connectBegin callback ConnectCookie errors",
			want:        []string{"connect: connect connectbegin connectcallback connectcookie connecterrors"},
		},
		"a login": {
			files:       "oidc oidccallback oidcconfig oidccookie options refusal oidcrefusal",
			identifiers: "OIDC OIDCConfig callback cookie oidcRefusal",
			want:        []string{"oidc: oidc oidccallback oidcconfig oidccookie oidcrefusal"},
		},
		"a gate for tokens": {
			files:       "backchannel bearer bearerclaims bearerkeys bearerkeyset",
			identifiers: "Bearer claims keys keySet",
			want:        []string{"bearer: bearer bearerclaims bearerkeys bearerkeyset"},
		},
		"a prefix of two words": {
			files:       "trustedheader trustedheaderconfig trustedheaderproxies",
			identifiers: "TrustedHeader TrustedHeaderConfig proxies",
			want:        []string{"trustedheader: trustedheader trustedheaderconfig trustedheaderproxies"},
		},
		"no file has the prefix alone": {
			files:       "client oauthapp oauthconfig oauthtoken",
			identifiers: "OAuthApp OAuthConfig oauthToken",
			want:        []string{"oauth: oauthapp oauthconfig oauthtoken"},
		},
		"underscores": {
			files: "db db_read db_write yaml yaml_list yaml_rule",
			want:  []string{"yaml: yaml yaml_list yaml_rule", "db: db db_read db_write"},
		},
		"a family within a family": {
			files:       "token tokencache tokencachesize tokencachetime tokenkind",
			identifiers: "token tokenCache cacheSize cacheTime kind size time",
			want:        []string{"token: token tokencache tokencachesize tokencachetime tokenkind"},
		},

		"two files are no family":     {files: "trustedheader trustedheaderconfig", identifiers: "TrustedHeader TrustedHeaderConfig"},
		"beginnings that are no word": {files: "config connections context content", identifiers: "Config Connections Context con text tent fig"},
		"endings that are no word":    {files: "accept access accounts accepted", identifiers: "accept access accounts"},
		"forms of a word":             {files: "issue issues issued issuer", identifiers: "issue issues issued issuer r s d"},
		"auth is in all of them":      {files: "authenticate author authorize", identifiers: "authenticate author authorize auth or"},
		"signing in and out":          {files: "sign signin signout signup", identifiers: "sign signIn signUp in up"},
		"re": {
			files:       "redirect refresh refusal renewal request require retry returnpath revocations revoke",
			identifiers: "re redirect direct fresh new refresh refusal request require retry try returnPath revoke",
		},
		"connect and its models": {files: "connect connectedmodels connections", identifiers: "connect connectedModels connections"},
		"rooms of the emulator":  {files: "grants grapherror graphql selector server session showcase", identifiers: "graphError graphQL error selector"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := describe(families(withSuffix(test.files), wordsOf(t, test.identifiers))); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func withSuffix(names string) []string {
	files := strings.Fields(names)
	for i := range files {
		files[i] += ".go"
	}
	return files
}

func wordsOf(t *testing.T, identifiers string) map[string]bool {
	t.Helper()
	source := "package p\n"
	for identifier := range strings.FieldsSeq(identifiers) {
		source += "var " + identifier + " int\n"
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]bool{}
	addWords(words, file)
	return words
}

func describe(families []family) []string {
	var all []string
	for _, f := range families {
		all = append(all, f.prefix+": "+strings.ReplaceAll(strings.Join(f.members, " "), ".go", ""))
	}
	return all
}
