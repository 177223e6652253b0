package sqlstore_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"strings"
	"testing"

	"github.com/go-pme/pme/connect/sqlstore"
)

// secretBytes hold every digit that the two base64 alphabets do not share.
var secretBytes = bytes.Repeat([]byte{0xfb, 0xef, 0xff, 0x01}, 8)

func TestKeyIsReadFromBase64OrHexadecimalDigits(t *testing.T) {
	std := base64.StdEncoding.EncodeToString(secretBytes)
	want := ""
	for what, text := range map[string]string{
		"base64":                         std,
		"base64 without padding":         strings.TrimRight(std, "="),
		"base64 for URLs":                base64.URLEncoding.EncodeToString(secretBytes),
		"as PowerShell writes it":        "\ufeff" + base64.StdEncoding.EncodeToString(secretBytes) + "\r\n",
		"base64 for URLs, no padding":    base64.RawURLEncoding.EncodeToString(secretBytes),
		"hexadecimal digits":             hex.EncodeToString(secretBytes),
		"hexadecimal digits, upper case": strings.ToUpper(hex.EncodeToString(secretBytes)),
		"a line of a file":               "  " + std + "\r\n",
	} {
		k, err := sqlstore.ParseKey(text)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if want == "" {
			want = k.ID()
		}
		if k.ID() != want || len(want) != 16 {
			t.Errorf("%s: ID %q, of another %q", what, k.ID(), want)
		}
	}
}

func TestMalformedKeyIsRefusedWithoutQuotingIt(t *testing.T) {
	for what, text := range map[string]string{
		"nothing":        "",
		"a password":     "correct horse battery staple",
		"16 bytes":       base64.StdEncoding.EncodeToString(secretBytes[:16]),
		"31 bytes":       base64.StdEncoding.EncodeToString(secretBytes[:31]),
		"33 bytes":       base64.StdEncoding.EncodeToString(append([]byte{1}, secretBytes...)),
		"63 digits":      hex.EncodeToString(secretBytes)[1:],
		"not digits":     strings.Repeat("xy", 32),
		"two keys":       strings.Repeat(base64.StdEncoding.EncodeToString(secretBytes)+"\n", 2),
		"zeros":          base64.StdEncoding.EncodeToString(make([]byte, 32)),
		"zeros in hex":   strings.Repeat("0", 64),
		"bits to spare":  strings.Repeat("A", 42) + "B",
		"something else": "<" + base64.StdEncoding.EncodeToString(secretBytes),
	} {
		k, err := sqlstore.ParseKey(text)
		if err == nil {
			t.Errorf("%s is taken for a key", what)
			continue
		}
		if k.ID() != "" {
			t.Errorf("%s: a key comes with the error", what)
		}
		if !strings.Contains(err.Error(), "openssl rand -base64 32") {
			t.Errorf("%s: the error does not say how to make a key: %v", what, err)
		}
		if text != "" && strings.Contains(err.Error(), strings.TrimSpace(text)) {
			t.Errorf("%s: the error quotes it: %v", what, err)
		}
	}
}

func TestEveryNewKeyIsAnother(t *testing.T) {
	if a, b := sqlstore.NewKey(), sqlstore.NewKey(); a.ID() == b.ID() {
		t.Error("two keys have the same ID")
	}
}

func TestKeyIsNeverPrinted(t *testing.T) {
	key, err := sqlstore.ParseKey(hex.EncodeToString(secretBytes))
	if err != nil {
		t.Fatal(err)
	}
	type config struct {
		Public sqlstore.Key
		hidden sqlstore.Key
		Keys   []sqlstore.Key
		ByName map[string]sqlstore.Key
	}
	c := config{key, key, []sqlstore.Key{key}, map[string]sqlstore.Key{"key": key}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b", "%c", "%U", "%t"} {
		for _, x := range []any{key, &key, c, &c, []any{key}} {
			fmt.Fprintf(&out, verb+"\n", x)
		}
	}
	for _, log := range []*slog.Logger{slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))} {
		log.Info("key", "key", key, "pointer", &key, "config", c)
	}
	out.WriteString(fmt.Errorf("bad %v: %w", key, errors.New("no key")).Error())
	if err := template.Must(template.New("").Parse(`<p title="{{.}}">{{.}}</p><script>x = {{.}}</script>`)).Execute(&out, key); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(text)
	if !strings.Contains(out.String(), key.ID()) {
		t.Errorf("nothing tells which key it is:\n%s", out.String())
	}
	lower := strings.ToLower(out.String())
	for what, form := range map[string]string{
		"digits":       "fbefff01",
		"upper digits": "FBEFFF01",
		"numbers":      "251 239 255 1",
		"Go":           "0xfb, 0xef, 0xff, 0x1",
		"base64":       base64.StdEncoding.EncodeToString(secretBytes)[:16],
		"bytes":        string(secretBytes[:4]),
	} {
		if strings.Contains(lower, strings.ToLower(form)) {
			t.Errorf("the key is printed as %s", what)
		}
	}
}
