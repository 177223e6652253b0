package matterport_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"strings"
	"testing"

	"github.com/go-pme/pme/matterport"
)

type keyHolder struct {
	Name string
	Key  matterport.Secret
}

func TestSecretHidesUnderEveryVerb(t *testing.T) {
	secret := matterport.Secret("hush")
	values := []any{secret, &secret, []matterport.Secret{secret}, keyHolder{"n", secret}}

	for _, verb := range "abcdefghijklmnoqrstuvxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" { // all but p and w, as documented
		for _, flags := range []string{"", "+", "#", "-20", "020", " ", ".2"} {
			format := "%" + flags + string(verb)
			for _, value := range values {
				text := fmt.Sprintf(format, value)
				if strings.Contains(text, "hush") || strings.Contains(strings.ToLower(text), "68757368") {
					t.Errorf("%s of %T prints the secret: %s", format, value, text)
				}
			}
		}
	}
	if got := fmt.Sprint(secret); got != "[redacted]" {
		t.Errorf("Sprint = %q", got)
	}
}

func TestSecretHidesInLogsAndMarshalling(t *testing.T) {
	secret := matterport.Secret("hush")
	holder := keyHolder{"n", secret}
	var log strings.Builder
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("m", "secret", secret, "holder", holder, "list", []matterport.Secret{secret})
	}
	inJSON, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	inXML, err := xml.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	if err := template.Must(template.New("").Parse(`<p title="{{.Key}}">{{.Key}}</p><script>x = {{.}}</script>`)).Execute(&page, holder); err != nil {
		t.Fatal(err)
	}
	failed := fmt.Errorf("bad %v in %v: %w", secret, holder, errors.New("no key")).Error()
	for name, text := range map[string]string{
		"log": log.String(), "JSON": string(inJSON), "XML": string(inXML), "page": page.String(), "error": failed,
	} {
		if strings.Contains(text, "hush") || !strings.Contains(text, "[redacted]") {
			t.Errorf("%s = %s", name, text)
		}
	}
}

func TestEmptySecretShowsThatItIsMissing(t *testing.T) {
	out, err := json.Marshal(matterport.Secret(""))
	if got := fmt.Sprintf("%v", matterport.Secret("")); got != "" || string(out) != `""` || err != nil {
		t.Errorf("printed %q, marshalled %s, %v", got, out, err)
	}
}

func TestSecretIsReadLikeAString(t *testing.T) {
	var holder struct{ Key matterport.Secret }
	if err := json.Unmarshal([]byte(`{"Key":"hush"}`), &holder); err != nil || string(holder.Key) != "hush" {
		t.Errorf("read %q, %v", string(holder.Key), err)
	}
}
