using Coffer.Client;

namespace Coffer.ClientTests.Packing;

public sealed class IgnoreRulesTests
{
    [Theory]
    [InlineData("*.log", "x.log", true), InlineData("*.log", "a/x.log", false), InlineData("**/*.log", "a/b/x.log", true)]
    [InlineData("**/*.log", "x.log", true), InlineData("/a/", "a/b", true), InlineData("./a", "a", true), InlineData("a", "ab", false)]
    [InlineData("a/**", "a/b/c", true), InlineData("a/**", "a", false), InlineData("**", "a/b", true), InlineData("a/**/d", "a/d", true)]
    [InlineData("a/**/d", "a/b/c/d", true), InlineData("a\\b", "a/b", true), InlineData("?.txt", "a.txt", true), InlineData("?.txt", "ab.txt", false)]
    [InlineData("a?b", "a/b", false), InlineData("[a-c].txt", "b.txt", true), InlineData("[!a-c].txt", "b.txt", false)]
    [InlineData("[^a-c].txt", "d.txt", true), InlineData("[]a].txt", "].txt", true), InlineData("[a.txt", "[a.txt", true)]
    [InlineData("# no", "# no", false), InlineData("  a  ", "a", true), InlineData("", "a", false), InlineData("a.b+(c)", "a.b+(c)", true)]
    [InlineData("node_modules", "x/node_modules/y", false), InlineData("**/node_modules", "x/node_modules/y", true)]
    [InlineData("x", ".dockerignore", true), InlineData("A", "a", false)]
    public void A_pattern_leaves_out_what_it_matches(string pattern, string path, bool isOut) =>
        Assert.Equal(isOut, new IgnoreRules([pattern]).LeavesOut(path));

    [Theory]
    [InlineData("a/x", true), InlineData("a/keep", false), InlineData("a/keep/deep", false), InlineData("b", false)]
    public void The_last_pattern_that_matches_decides(string path, bool isOut) =>
        Assert.Equal(isOut, new IgnoreRules(["a", "b", "!b", "!a/keep"]).LeavesOut(path));

    [Fact]
    public void Without_a_pattern_nothing_is_left_out() =>
        Assert.False(new IgnoreRules(["", "# comment", "/", "!"]).LeavesOut(".dockerignore"));
}
