using System.Text;
using Coffer.Cli.Input;

namespace Coffer.UnitTests.Cli;

public sealed class FileNamesTests
{
    private const string Id = "obj_3kx7";

    [Theory]
    [InlineData("report.pdf", "report.pdf")]
    [InlineData("Übersicht 2031 – final.txt", "Übersicht 2031 – final.txt")]
    [InlineData("📦.tar.gz", "📦.tar.gz")]
    [InlineData(".env", ".env")]
    [InlineData("a/b\\c.txt", "a_b_c.txt")]
    [InlineData("../../etc/passwd", ".._.._etc_passwd")]
    [InlineData("a\u0000b\nc\u001b[2J.txt", "a_b_c_[2J.txt")]
    [InlineData("evil\u202Efdp.exe", "evil_fdp.exe")]
    [InlineData("what?*<now>|\":.txt", "what___now____.txt")]
    [InlineData("-rf", "_rf")]
    [InlineData("nul.txt", "_nul.txt")]
    [InlineData(" spaced . ", "spaced")]
    public void A_name_becomes_one_that_every_system_takes(string name, string expected) =>
        Assert.Equal(expected, FileNames.Safe(name, Id));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("/")]
    [InlineData("   ")]
    [InlineData("../..")]
    public void A_name_of_which_nothing_is_left_gives_way_to_the_id(string name) => Assert.Equal(Id, FileNames.Safe(name, Id));

    [Fact]
    public void An_id_that_is_no_name_either_does_no_harm() => Assert.Equal("object", FileNames.Safe("..", ".."));

    [Fact]
    public void A_long_name_is_cut_between_characters_and_keeps_its_ending()
    {
        string safe = FileNames.Safe(new string('é', 1000) + "📦.csv", Id);

        Assert.EndsWith("é.csv", safe, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(safe), 190, 200);
    }
}
