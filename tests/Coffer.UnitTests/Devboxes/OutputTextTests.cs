using System.Text;
using Coffer.Devboxes.Execution;

namespace Coffer.UnitTests.Devboxes;

public sealed class OutputTextTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Theory]
    [InlineData("a\nb\nc\n", null, "a\nb\nc\n", false), InlineData("a\nb\nc\n", 3, "a\nb\nc\n", false), InlineData("a\nb\nc\n", 2, "b\nc\n", true)]
    [InlineData("a\nb\nc", 2, "b\nc", true), InlineData("a\n\n\n", 2, "\n\n", true), InlineData("a", 1, "a", false), InlineData("a", 0, "", true)]
    [InlineData("", 5, "", false), InlineData("", 0, "", false), InlineData("\n", 1, "\n", false)]
    public void The_last_lines_are_cut_from_the_rest(string written, int? lines, string expected, bool isCut) =>
        Assert.Equal((expected, isCut), OutputText.EndOf(Output(Encoding.UTF8.GetBytes(written)), lines));

    [Fact]
    public void A_mebibyte_is_shown_whole_and_of_more_the_end_from_a_whole_character_on()
    {
        byte[] whole = new byte[OutputText.MaxViewBytes];
        Array.Fill(whole, (byte)'x');
        (string text, bool isCut) = OutputText.EndOf(Output(whole), null);
        Assert.Equal((OutputText.MaxViewBytes, false), (text.Length, isCut));

        (text, isCut) = OutputText.EndOf(Output([.. "é"u8, .. whole.AsSpan(1)]), null); // one byte too many, and that parts the é
        Assert.Equal((OutputText.MaxViewBytes - 1, true), (text.Length, isCut));
        Assert.DoesNotContain('\uFFFD', text);
    }

    [Theory]
    [InlineData(new byte[] { 0x61 }, 1), InlineData(new byte[] { 0x61, 0xC3 }, 1), InlineData(new byte[] { 0xC3, 0xA9 }, 2)]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x8E }, 0), InlineData(new byte[] { 0xF0, 0x9F, 0x8E, 0x89 }, 4), InlineData(new byte[] { 0x61, 0xE2, 0x82 }, 1)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80 }, 4), InlineData(new byte[0], 0)] // no text at all: nothing to wait for
    public void A_chunk_ends_with_a_whole_character(byte[] bytes, int expected) =>
        Assert.Equal(expected, OutputText.WholeCharacters(bytes));

    public void Dispose() => File.Delete(_path);

    private ExecutionOutput Output(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return ExecutionOutput.Of(_path);
    }
}
