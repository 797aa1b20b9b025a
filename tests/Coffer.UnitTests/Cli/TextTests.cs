using Coffer.Cli;

namespace Coffer.UnitTests.Cli;

public sealed class TextTests
{
    [Theory]
    [InlineData("report.pdf", "report.pdf")]
    [InlineData("📦 Übersicht", "📦 Übersicht")]
    [InlineData("red\u001b[31m", "red?[31m")]
    [InlineData("two\nlines\tand", "two lines and")]
    [InlineData("evil\u202Efdp", "evil?fdp")]
    public void What_would_command_the_terminal_is_taken_out(string text, string printable) =>
        Assert.Equal(printable, Text.Printable(text));

    [Theory]
    [InlineData("There is no object.", "there is no object")]
    [InlineData("PUT failed: ", "PUT failed:")]
    [InlineData("No API key holds this. (Parameter 'token')", "no API key holds this")]
    [InlineData("x", "x")]
    [InlineData("", "")]
    public void A_sentence_becomes_a_part_of_one(string sentence, string clause) => Assert.Equal(clause, Text.Clause(sentence));
}
