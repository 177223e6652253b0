package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
)

// fpm reports whether the host is run as PHP is behind nginx: by FastCGI. Then nginx has a server on this machine alone, at which pme
// asks.
func (s *site) fpm() bool { return s.host == "php" && s.proxy == "nginx" }

func (s *site) fpmSocket() string { return s.file("php.sock") }

// findFPM returns PHP's FastCGI server, whose name has the version.
func findFPM() (string, error) {
	found, err := filepath.Glob("/usr/sbin/php-fpm*")
	if err != nil || len(found) == 0 {
		return "", errors.Join(err, errors.New("install Debian's package php-fpm"))
	}
	return found[len(found)-1], nil
}

func (s *site) startFPM(ctx context.Context, env []string) error {
	path, err := findFPM()
	if err != nil {
		return err
	}
	me, err := user.Current()
	if err != nil {
		return err
	}
	conf := fmt.Sprintf(`[global]
error_log = /dev/stderr
[intranet]
user = %s
listen = %s
pm = static
pm.max_children = 4
clear_env = no
catch_workers_output = yes
`, me.Username, s.fpmSocket())
	if err := os.WriteFile(s.file("fpm.conf"), []byte(conf), 0o600); err != nil {
		return err
	}
	args := []string{"--nodaemonize", "--fpm-config", s.file("fpm.conf")}
	if me.Uid == "0" {
		args = append(args, "--allow-to-run-as-root")
	}
	php, err := s.run(ctx, env, path, args...)
	if err != nil {
		return err
	}
	free, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	s.hostAddr = strings.Replace(free, "https:", "http:", 1)
	return php.listens(ctx, "unix", s.fpmSocket())
}
