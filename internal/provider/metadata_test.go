package provider

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOptionalMembersOfAnyTypeAreRead(t *testing.T) {
	type members struct {
		Text  Text
		Texts Texts
		Flag  Flag
	}
	for document, want := range map[string]members{
		`{"Text":"a","Texts":["a","b"],"Flag":true}`:                 {"a", Texts{"a", "b"}, true},
		`{"Text":"","Texts":[],"Flag":false}`:                        {},
		`{}`:                                                         {},
		`{"Text":null,"Texts":null,"Flag":null}`:                     {},
		`{"Text":["a"],"Texts":"a","Flag":"true"}`:                   {"", Texts{"a"}, true},
		`{"Text":{},"Texts":{"a":"b"},"Flag":"false"}`:               {},
		`{"Text":7,"Texts":7,"Flag":1}`:                              {},
		`{"Text":true,"Texts":[null,7,"a",["b"],{},"c"],"Flag":[1]}`: {"", Texts{"a", "c"}, false},
	} {
		var got members
		if err := json.Unmarshal([]byte(document), &got); err != nil {
			t.Errorf("%s: %v", document, err)
		}
		if diff := cmp.Diff(want, got); diff != "" && (len(want.Texts)+len(got.Texts) > 0 || want.Text != got.Text || want.Flag != got.Flag) {
			t.Errorf("%s (-want +got):\n%s", document, diff)
		}
	}
}
