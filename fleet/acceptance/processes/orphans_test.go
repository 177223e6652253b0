//go:build unix

package processes_test

import (
	"fmt"
	"testing"
	"time"
)

// Matterport does not delete, and the process that has revoked ends before it does. After how long another process deletes depends on
// whether the first one could say that it leaves.
func TestWhatAProcessHasRevokedIsDeletedByAnotherWhenItEnds(t *testing.T) {
	const lease = 200 * time.Millisecond
	ends := map[string]func(*testing.T, *process){
		"killed": func(t *testing.T, p *process) { p.kill(t) },
		"terminated": func(t *testing.T, p *process) {
			if err := p.terminate(t); err != nil {
				t.Errorf("it ends with %v", err)
			}
		},
	}
	for _, how := range []string{"fail", "hang"} {
		for name, end := range ends {
			t.Run(fmt.Sprintf("deletions %s, process %s", how, name), func(t *testing.T) {
				t.Parallel()
				upstream := startMatterport(t, 0)
				s := newSite(t, func(s *settings) { s.Minter, s.MintTimeout, s.Lease = upstream.URL, time.Second, lease })
				s.start(t, 3)
				revokes, others := s.replicas[0], s.replicas[1:]
				revoked, other := s.revokeUndeleted(t, upstream, how)
				end(t, revokes)
				ended := time.Now()
				upstream.refuseDeletions("")
				eventually(t, "another process deletes it", func() bool { return !upstream.lives(revoked) })
				took := time.Since(ended)
				t.Logf("deleted after %v, with a lease of %v", took, lease)
				if name == "terminated" && took > 20*lease {
					t.Error("others waited although it had left")
				}
				if !upstream.lives(other) {
					t.Error("a token that is not revoked was deleted")
				}
				eventually(t, "nothing is left to do", func() bool { return s.owners(t) == 0 })
				if n := upstream.deletions(other); n != 0 {
					t.Errorf("%d deletions of a token that is not revoked", n)
				}
				for _, p := range others {
					if out, err := p.do(t.Context(), "/issue", order{Name: "bob"}); err != nil || out.Token != other {
						t.Errorf("replica %d issues %q to another user, %v", p.Index, out.Token, err)
					}
				}
			})
		}
	}
}

// revokeUndeleted lets the first replica revoke a token that Matterport does not delete. It returns that token, and that of
// another user.
func (s *site) revokeUndeleted(t *testing.T, upstream *matterportServer, how string) (revoked, other string) {
	t.Helper()
	revoked = s.replicas[1].must(t, "/issue", order{Name: "alice"}).Token
	other = s.replicas[1].must(t, "/issue", order{Name: "bob"}).Token
	upstream.refuseDeletions(how)
	if out := s.replicas[0].must(t, "/lockout", order{Name: "alice"}); out.Tokens != 1 || out.Pending != 1 {
		t.Fatalf("%d tokens revoked, %d of them pending", out.Tokens, out.Pending)
	}
	if !upstream.lives(revoked) || upstream.deletions(revoked) == 0 {
		t.Fatal("the deletion was not tried in vain")
	}
	return revoked, other
}

// owners returns how many processes have something to delete.
func (s *site) owners(t *testing.T) int64 {
	t.Helper()
	client := s.server.Client(t)
	n, err := client.Do(t.Context(), client.B().Hlen().Key("{pme:"+s.Namespace+"}:owners").Build()).AsInt64()
	if err != nil {
		t.Fatal(err)
	}
	return n
}
