//go:build unix

package redistest

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/rueidis"
)

// Dump returns everything that a reader of the server or of its disk can see: each key and value of every type in text, the
// functions, and the bytes of the RDB, the append-only file and the log. With [WithAppendOnly] that includes what was
// deleted, until Redis rewrites the file.
func (s *Server) Dump(tb testing.TB) []byte {
	tb.Helper()
	d := dump{client: s.Client(tb)}
	err := d.databases(tb.Context())
	if err == nil {
		err = s.save(tb.Context(), d.client)
	}
	if err == nil {
		err = d.files(s.data(), s.logFile())
	}
	if err == nil && !s.setup.appendOnly {
		// A restart would load it.
		err = os.Remove(filepath.Join(s.data(), "dump.rdb"))
	}
	if err != nil {
		tb.Fatalf("redistest: dump: %v", err)
	}
	return d.text.Bytes()
}

func (s *Server) save(ctx context.Context, client rueidis.Client) error {
	return poll(ctx, func(ctx context.Context) error { // it fails while Redis saves by itself
		return client.Do(ctx, client.B().Arbitrary("SAVE").Build()).Error()
	})
}

type dump struct {
	client rueidis.Client
	text   bytes.Buffer
}

// databases reads all databases that have keys.
func (d *dump) databases(ctx context.Context) error {
	fields, err := info(ctx, d.client)
	if err != nil {
		return err
	}
	return d.client.Dedicated(func(c rueidis.DedicatedClient) error {
		for name := range fields {
			if number, ok := strings.CutPrefix(name, "db"); ok {
				if err := d.database(ctx, c, number); err != nil {
					return err
				}
			}
		}
		return d.print(ctx, c, "FUNCTION", "LIST", "WITHCODE")
	})
}

func (d *dump) database(ctx context.Context, c rueidis.DedicatedClient, number string) error {
	// A node of a cluster has but one, and refuses SELECT.
	if number != "0" {
		if err := c.Do(ctx, c.B().Arbitrary("SELECT", number).Build()).Error(); err != nil {
			return err
		}
	}
	for cursor := uint64(0); ; {
		page, err := c.Do(ctx, c.B().Scan().Cursor(cursor).Count(1000).Build()).AsScanEntry()
		if err != nil {
			return err
		}
		for _, key := range page.Elements {
			if err := d.key(ctx, c, key); err != nil {
				return fmt.Errorf("%q: %w", key, err)
			}
		}
		if cursor = page.Cursor; cursor == 0 {
			return nil
		}
	}
}

// readers are the commands that return all of a value, by its type. The key is the second argument.
var readers = map[string][]string{
	"string": {"GET", ""},
	"list":   {"LRANGE", "", "0", "-1"},
	"set":    {"SMEMBERS", ""},
	"hash":   {"HGETALL", ""},
	"zset":   {"ZRANGE", "", "0", "-1", "WITHSCORES"},
	"stream": {"XRANGE", "", "-", "+"},
}

func (d *dump) key(ctx context.Context, c rueidis.DedicatedClient, key string) error {
	kind, err := c.Do(ctx, c.B().Type().Key(key).Build()).ToString()
	if err != nil {
		return err
	}
	fmt.Fprintf(&d.text, "%s %s\n", kind, key)
	if kind == "none" { // it has expired since
		return nil
	}
	command, ok := readers[kind]
	if !ok {
		return fmt.Errorf("no reader for the type %s", kind)
	}
	command = append([]string{command[0], key}, command[2:]...)
	if err := d.print(ctx, c, command...); err != nil || kind != "stream" {
		return err
	}
	return d.print(ctx, c, "XINFO", "STREAM", key, "FULL") // the groups and their consumers
}

// print appends an answer, with each string as it is.
func (d *dump) print(ctx context.Context, c rueidis.DedicatedClient, command ...string) error {
	message, err := c.Do(ctx, c.B().Arbitrary(command...).Build()).ToMessage()
	if err != nil {
		if rueidis.IsRedisNil(err) {
			return nil
		}
		return err
	}
	return d.message(message)
}

func (d *dump) message(m rueidis.RedisMessage) error {
	if m.IsArray() {
		return d.array(m)
	}
	if m.IsMap() {
		return d.pairs(m)
	}
	value, err := m.ToAny()
	if err != nil && !rueidis.IsRedisNil(err) {
		return err
	}
	_, err = fmt.Fprintln(&d.text, value)
	return err
}

func (d *dump) array(m rueidis.RedisMessage) error {
	elements, err := m.ToArray()
	for _, e := range elements {
		if err := d.message(e); err != nil {
			return err
		}
	}
	return err
}

func (d *dump) pairs(m rueidis.RedisMessage) error {
	pairs, err := m.ToMap()
	for name, value := range pairs {
		fmt.Fprint(&d.text, name, " ")
		if err := d.message(value); err != nil {
			return err
		}
	}
	return err
}

// files appends the contents of files, and of all files in directories.
func (d *dump) files(roots ...string) error {
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			content, err := os.ReadFile(path) //nolint:gosec // a file of the server
			fmt.Fprintf(&d.text, "%s\n%s\n", entry.Name(), content)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
