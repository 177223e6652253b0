package modelid_test

import (
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/modelid"
)

func TestIDIsFoundInWhatIsPasted(t *testing.T) {
	const id = "SxQL3iGyoDo"
	for _, text := range []string{
		"https://my.matterport.com/show/?m=" + id,
		"https://my.matterport.com/show/?m=" + id + "&play=1&qs=1",
		"https://my.matterport.com/show?play=1&m=" + id + "#x",
		"http://my.matterport.com/show/?M=" + id,
		"my.matterport.com/show/?m=" + id + "&sr=-.05,-1.5&ss=12",
		"https://my.matterport.com/models/" + id,
		"https://my.matterport.com/models/" + id + "/edit?section=media",
		"https://my.matterport.com/work?m=" + id,
		"https://discover.matterport.com/space/" + id,
		"https://my.matterport.com/show/?play=1&amp;m=" + id + "&amp;lang=de",
		`<iframe width="853" src="https://my.matterport.com/show/?m=` + id + `" allowfullscreen></iframe>`,
		"https%3A%2F%2Fmy.matterport.com%2Fshow%2F%3Fm%3D" + id,
		"?m=" + id, "m=" + id, "modelId=" + id, "/pme/view/" + id,
		" " + id + "\n", `"` + id + `"`, id + "/", id + "\u200b", "\ufeff" + id, "<" + id + ">",
		"https://my.matterport.com/show/?m=" + id + " \r\n",
	} {
		if got, ok := modelid.Find(text); !ok || got != id {
			t.Errorf("Find(%q) = %q, %v", text, got, ok)
		}
		if got := modelid.Suggestion(text); got != "; did you mean "+id+"?" {
			t.Errorf("Suggestion(%q) = %q", text, got)
		}
	}
}

func TestNoIDIsFoundWhereNoneIs(t *testing.T) {
	for _, text := range []string{
		"", "abc", "sxql3igyodo*x", "https://my.matterport.com/show/?m=SxQL3iGyoDoX", "https://my.matterport.com/show/?m=SxQL3iGyoD",
		"https://example.com/discoverthe", "https://my.matterport.com/show/?team=SxQL3iGyoDo", "m=SxQL3iGyoDo&m=yyHDFKzPzvN",
		"https://my.matterport.com/show/?m=", "abcdefghijklmnopqrstuvwxy", strings.Repeat("x", 3000) + "?m=SxQL3iGyoDo", "%zz",
	} {
		if id, ok := modelid.Find(text); ok {
			t.Errorf("Find(%.80q) = %q", text, id)
		}
	}
}
