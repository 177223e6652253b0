package hostjwt_test

import (
	"crypto"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/middleware/hostjwt"
)

// Each is signed by the right key, or would be good to a program that believes it.
func TestForgedHeadersAreRefused(t *testing.T) {
	var log logtest.Buffer
	g := gate(t, logged(&log))
	good := asJSON(claims(nil))
	jwk := `{"kty":"oct","k":"` + encode([]byte(otherKey)) + `"}`
	for name, text := range map[string]string{
		"none":               sign(`{"alg":"none"}`, good, "none", nil),
		"None":               sign(`{"alg":"nOnE","typ":"JWT"}`, good, "none", nil),
		"none, signed":       sign(`{"alg":"none"}`, good, "HS256", key),
		"no alg":             sign(`{"typ":"JWT"}`, good, "HS256", key),
		"null alg":           sign(`{"alg":null}`, good, "HS256", key),
		"alg in an array":    sign(`{"alg":["HS256"]}`, good, "HS256", key),
		"alg in lower case":  sign(`{"alg":"hs256"}`, good, "HS256", key),
		"other alg":          sign(`{"alg":"HS512"}`, good, "HS512", key),
		"says another":       sign(`{"alg":"HS512"}`, good, "HS256", key),
		"alg twice":          sign(`{"alg":"none","alg":"HS256"}`, good, "HS256", key),
		"Alg too":            sign(`{"Alg":"HS256"}`, good, "HS256", key),
		"crit":               sign(`{"alg":"HS256","crit":["exp"],"exp":1}`, good, "HS256", key),
		"empty crit":         sign(`{"alg":"HS256","crit":[]}`, good, "HS256", key),
		"b64":                sign(`{"alg":"HS256","b64":false,"crit":["b64"]}`, good, "HS256", key),
		"b64 alone":          sign(`{"alg":"HS256","b64":false}`, good, "HS256", key),
		"own key":            sign(`{"alg":"HS256","jwk":`+jwk+`}`, good, "HS256", otherKey),
		"own key, signed":    sign(`{"alg":"HS256","jwk":`+jwk+`}`, good, "HS256", key),
		"key elsewhere":      sign(`{"alg":"HS256","jku":"https://evil.example/keys"}`, good, "HS256", key),
		"certificate":        sign(`{"alg":"HS256","x5u":"https://evil.example/c"}`, good, "HS256", key),
		"certificate inside": sign(`{"alg":"HS256","x5c":["MIIB"]}`, good, "HS256", key),
		"compressed":         sign(`{"alg":"HS256","zip":"DEF"}`, good, "HS256", key),
		"nested":             sign(`{"alg":"HS256","cty":"JWT"}`, token(nil), "HS256", key),
		"nested, unsaid":     sign(plainHeader, token(nil), "HS256", key),
		"logout token":       sign(`{"alg":"HS256","typ":"logout+jwt"}`, good, "HS256", key),
		"odd type":           sign(`{"alg":"HS256","typ":["JWT"]}`, good, "HS256", key),
		"encrypted":          sign(plainHeader, good, "HS256", key) + ".a.b",
		"four parts":         sign(plainHeader, good, "HS256", key) + ".a",
		"no signature":       sign(plainHeader, good, "HS256", nil),
		"cut off":            token(nil)[:len(token(nil))-2],
		"other key":          sign(plainHeader, good, "HS256", otherKey),
		"empty key":          sign(plainHeader, good, "HS256", ""),
		"header is no JSON":  sign(`{`, good, "HS256", key),
		"header is an array": sign(`["HS256"]`, good, "HS256", key),
		"header is long":     sign(`{"alg":"HS256","x":"`+strings.Repeat("x", 2<<10)+`"}`, good, "HS256", key),
		"padding":            strings.Replace(token(nil), ".", "=.", 1),
		"standard base64":    token(nil)[:len(token(nil))-1] + "+",
		"JSON serialization": `{"payload":"` + encode([]byte(good)) + `"}`,
		"dots":               "..",
		"text":               "hunter2",
	} {
		log.Reset()
		w, user := visit(g, with(text))
		if user != "" || w.Code != http.StatusUnauthorized || !strings.Contains(log.String(), "credential_rejected") && name != "JSON serialization" {
			t.Errorf("%s: let through %q with status %d: %s", name, user, w.Code, &log)
		}
	}
}

// The public key is no secret: signed by HMAC with it, a token must not be good (RFC 8725 §2.1).
func TestPublicKeyIsNoSecretKey(t *testing.T) {
	pemText := public(rsaKey().Public())
	g := gate(t, quiet, asymmetric("RS256", rsaKey().Public()))
	wantSignedIn(t, g, with(sign(`{"alg":"RS256"}`, asJSON(claims(nil)), "RS256", rsaKey())), "alice")
	for _, k := range []string{pemText, strings.TrimSpace(pemText), pemText + "\n"} {
		for _, header := range []string{`{"alg":"HS256"}`, `{"alg":"RS256"}`} {
			wantRejected(t, g, with(sign(header, asJSON(claims(nil)), "HS256", k)), http.StatusUnauthorized, "invalid_token")
		}
	}
}

func TestClaimsThatAreNotAccepted(t *testing.T) {
	for name, changes := range map[string]map[string]any{
		"no exp":        {"exp": nil},
		"exp as text":   {"exp": "9999999999"},
		"exp zero":      {"exp": 0},
		"exp negative":  {"exp": -1},
		"exp in ms":     {"exp": 1e13},
		"nbf as text":   {"nbf": "0"},
		"iat as text":   {"iat": "0"},
		"auth as text":  {"auth_time": "0"},
		"auth later":    {"auth_time": 1 << 35},
		"bound":         {"cnf": map[string]any{"jkt": "x"}},
		"events":        {"events": map[string]any{}},
		"no sub":        {"sub": nil},
		"empty sub":     {"sub": ""},
		"number as sub": {"sub": 42},
		"array as sub":  {"sub": []string{"alice"}},
		"long sub":      {"sub": strings.Repeat("a", 256)},
		"control":       {"sub": "alice\x00"},
		"bidi":          {"sub": "al\u202eice"},
		"space":         {"sub": "alice "},
		"odd session":   {"sid": "a\nb"},
		"number as sid": {"sid": 1},
		"odd groups":    {"groups": map[string]any{"a": 1}},
	} {
		wantRejected(t, gate(t, quiet), with(token(changes)), http.StatusUnauthorized, "invalid_token")
		if t.Failed() {
			t.Fatal(name)
		}
	}
	for _, text := range []string{
		`null`, `[]`, `"alice"`, ``, `{"sub":"alice","exp":9999999999,"exp":9999999999}`, `{"sub":"alice","sub":"root","exp":9999999999}`,
		`{"sub":"alice\ud800","exp":9999999999}`, "{\"sub\":\"alic\xe9\",\"exp\":9999999999}", `{"sub":"alice","exp":9999999999}x`,
		`{"sub":"alice","exp":9999999999,"x":` + strings.Repeat("[", 3000) + `}`,
	} {
		wantRejected(t, gate(t, quiet), with(sign(plainHeader, text, "HS256", key)), http.StatusUnauthorized, "invalid_token")
	}
}

func TestSeveralAndLongTokensAreRefused(t *testing.T) {
	good := token(nil)
	long := token(map[string]any{"x": strings.Repeat("x", 6<<10)})
	two := request()
	two.Header["X-Session-Token"] = []string{good, good}
	twice := request()
	twice.Header["Authorization"] = []string{"Bearer " + good, "Bearer " + good}
	query := bearing("Authorization", "Bearer "+good)
	query.URL.RawQuery = "access_token=" + good
	for _, tt := range []struct {
		change func(*hostjwt.Config)
		r      *http.Request
	}{
		{quiet, request("jwt=" + good + "; jwt=" + good)},
		{quiet, request("jwt=x; jwt=" + good)},
		{quiet, request("jwt="+good, "jwt="+good)},
		{quiet, with(long)},
		{quiet, with(strings.Repeat("a", 1<<20))},
		{inHeader("X-Session-Token"), two},
		{inHeader("X-Session-Token"), bearing("X-Session-Token", long)},
		{inHeader("Authorization"), twice},
		{inHeader("Authorization"), query},
		{inHeader("Authorization"), bearing("Authorization", "Bearer "+long)},
	} {
		wantRejected(t, gate(t, quiet, tt.change), tt.r, http.StatusBadRequest, "invalid_request")
	}
}

// A token is as good as a password until it expires.
func TestNoPartOfATokenIsLoggedOrAnswered(t *testing.T) {
	good := token(nil)
	parts := strings.Split(good, ".")
	for _, text := range []string{good + "x", "x" + good, parts[0] + "." + parts[1] + ".", token(map[string]any{"exp": 1}), token(map[string]any{"sub": "s3cret\n"}), good + "." + parts[2]} {
		var log logtest.Buffer
		w, _ := visit(gate(t, logged(&log)), with(text))
		all := log.String() + w.Body.String() + fmt.Sprint(w.Header())
		for _, part := range append(strings.Split(text, "."), key, "s3cret") {
			if len(part) > 3 && part != parts[0] && strings.Contains(all, part) || w.Code == http.StatusOK {
				t.Errorf("status %d, and %q is in %s", w.Code, part, all)
			}
		}
	}
}

func TestKeyOfAnotherKindSignsNothing(t *testing.T) {
	for algorithm, k := range map[string]crypto.Signer{"RS256": rsaKey(), "ES256": ecKey(), "EdDSA": edKey()} {
		g := gate(t, quiet, asymmetric(algorithm, k.Public()))
		for other, signer := range map[string]any{"RS256": rsaKey(), "ES256": ecKey(), "EdDSA": edKey(), "HS256": key} {
			if other != algorithm {
				wantRejected(t, g, with(sign(`{"alg":"`+algorithm+`"}`, asJSON(claims(nil)), other, signer)), http.StatusUnauthorized, "invalid_token")
			}
		}
	}
}
