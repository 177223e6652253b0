//go:build unix

package redistest_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/go-pme/pme/fleet/internal/redistest"
)

// given are the words of the examples that have to be found.
var given = regexp.MustCompile(`^[A-Z]+(KEY|FIELD|VALUE|NAME)$`)

var examples = []string{
	"SET STRINGKEY STRINGVALUE",
	"APPEND LONGKEY x",
	"RPUSH LISTKEY LISTVALUE",
	"SADD SETKEY SETVALUE",
	"SADD NUMBERSKEY 4711",
	"HSET HASHKEY HASHFIELD HASHVALUE",
	"ZADD ZSETKEY 12.5 ZSETVALUE",
	"XADD STREAMKEY * STREAMFIELD STREAMVALUE",
	"XGROUP CREATE STREAMKEY GROUPNAME 0",
	"XREADGROUP GROUP GROUPNAME CONSUMERNAME STREAMS STREAMKEY >",
	"SELECT 3",
	"SET OTHERKEY OTHERVALUE",
}

func TestDumpHoldsAllKeysAndValues(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]redistest.Option{"memory": nil, "append-only file": {redistest.WithAppendOnly()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t, opts...)
			c, release := s.Client(t).Dedicate()
			defer release()
			for _, e := range examples {
				if err := c.Do(t.Context(), c.B().Arbitrary(strings.Fields(e)...).Build()).Error(); err != nil {
					t.Fatalf("%s: %v", e, err)
				}
			}
			// Compression of the RDB would hide it.
			long := strings.Repeat("REPEATED", 1000)
			if err := c.Do(t.Context(), c.B().Set().Key("LONGKEY").Value(long).Build()).Error(); err != nil {
				t.Fatal(err)
			}
			dump := s.Dump(t)
			for _, word := range strings.Fields(strings.Join(examples, " ")) {
				if given.MatchString(word) && !bytes.Contains(dump, []byte(word)) {
					t.Errorf("%s is missing", word)
				}
			}
			if bytes.Count(dump, []byte(long)) < 2 {
				t.Error("the long value is not both in the answer and in a file")
			}
			s.Dump(t)
			s.Restart(t)
			if got := get(t, s, "STRINGKEY"); (got != "") != (opts != nil) {
				t.Errorf("after a dump and a restart the value is %q", got)
			}
		})
	}
}

func TestDumpHoldsDeletedValuesOfTheAppendOnlyFile(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.WithAppendOnly())
	set(t, s, "SECRET")
	c := s.Client(t)
	if err := c.Do(t.Context(), c.B().Del().Key("key").Build()).Error(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(s.Dump(t), []byte("SECRET")) {
		t.Error("the value is missing")
	}
}
