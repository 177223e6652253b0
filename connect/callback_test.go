package connect_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/connect"
)

func TestCallbackNamesOneAttempt(t *testing.T) {
	long := strings.Repeat("x", 5000)
	for query, want := range map[string]*connect.Callback{
		"attempt=A&code=c":                        {Attempt: "A", Code: "c"},
		"state=A&code=c":                          {Attempt: "A", Code: "c"},
		"attempt=A&state=A&code=c":                {Attempt: "A", Code: "c"},
		"attempt=A&state=&code=c":                 {Attempt: "A", Code: "c"},
		"attempt=A&error=e&error_description=d":   {Attempt: "A", Error: "e", Description: "d"},
		"attempt=A&code=c&scope=unknown+are+fine": {Attempt: "A", Code: "c"},
		"attempt=A":                               {Attempt: "A"},
		"code=c":                                  nil,
		"":                                        nil,
		"attempt=&state=&code=c":                  nil,
		"attempt=A&state=B&code=c":                nil,
		"attempt=A&attempt=A&code=c":              nil,
		"state=A&state=B&code=c":                  nil,
		"attempt=A&code=c&code=d":                 nil,
		"attempt=A&error=e&error=e":               nil,
		"attempt=A&code=" + long:                  nil,
		"attempt=" + long:                         nil,
		"attempt=A&code=a+b~!":                    {Attempt: "A", Code: "a b~!"},
		"attempt=A&error=e&error_description=%0a": {Attempt: "A", Error: "e", Description: "\n"},
		"attempt=A&code=c%00":                     nil,
		"attempt=A&code=%0ac":                     nil,
		"attempt=A&code=c%7f":                     nil,
		"attempt=A&code=%c2%85":                   nil,
		"attempt=A&code=%ff":                      nil,
		"attempt=A&code=%c3%a9":                   nil,
		"attempt=A%00&code=c":                     nil,
		"attempt=%c3%a9&code=c":                   nil,
		"state=A%0d%0a&code=c":                    nil,
		"attempt=A&error=e%1b":                    nil,
		"attempt=A&error=" + long:                 nil,
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := connect.ReadCallback(values)
		if ok != (want != nil) {
			t.Errorf("%.60s: ok is %v", query, ok)
			continue
		}
		if want == nil {
			want = new(connect.Callback)
		}
		if diff := cmp.Diff(*want, got); diff != "" {
			t.Errorf("%.60s (-want +got):\n%s", query, diff)
		}
	}
}

func FuzzReadCallback(f *testing.F) {
	f.Add("attempt=A&state=A&code=c")
	f.Add("state=A&error=access_denied&error_description=no")
	f.Add("attempt=A&attempt=B")
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		cb, ok := connect.ReadCallback(values)
		if !ok {
			if cb != (connect.Callback{}) {
				t.Errorf("refused, but not empty: %+v", cb)
			}
			return
		}
		if cb.Attempt == "" {
			t.Error("accepted without an attempt")
		}
		for _, name := range []string{"attempt", "state"} {
			if v := values.Get(name); v != "" && v != cb.Attempt {
				t.Errorf("%s is %q, and the attempt %q", name, v, cb.Attempt)
			}
		}
	})
}
