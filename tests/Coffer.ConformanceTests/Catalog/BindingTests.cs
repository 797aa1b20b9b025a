using System.Reflection;
using System.Runtime.InteropServices;
using Coffer.Catalog.Sqlite.Binding;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>How texts and bytes cross into SQLite and back.</summary>
public sealed class BindingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(NativeSqlite.MostQuickBytes)]
    [InlineData(NativeSqlite.MostQuickBytes + 1)]
    [InlineData(1 << 20)]
    public void Texts_and_bytes_of_any_length_come_back(int length)
    {
        using var folder = new TemporaryFolder();
        using Connection db = Connection.Open(folder.File("empty.db"), create: true);
        string text = new('t', length);
        byte[] bytes = [.. Enumerable.Repeat((byte)7, length)];
        using Statement echo = db.Prepared("SELECT ?1, ?1 || '', ?2, length(?1), NULL");

        Assert.True(echo.Bind(1, text).Bind(2, bytes).Step());

        Assert.Equal((text, text, length), (echo.Text(0), echo.TextOrNull(1), (int)echo.Integer(3)));
        Assert.Equal(bytes, echo.Bytes(2));
        Assert.Null(echo.TextOrNull(4));
        Assert.Equal((text, (string?)null), (echo.SharedTextOrNull(1), echo.SharedTextOrNull(4)));
    }

    [Fact]
    public void Texts_that_rows_share_are_one_string_and_never_another_s()
    {
        using var folder = new TemporaryFolder();
        using Connection db = Connection.Open(folder.File("empty.db"), create: true);
        using Statement echo = db.Prepared("SELECT ?1");
        string[] texts = ["image/png", "image/jpg", "ü/💾", new('x', 1000), .. Enumerable.Range(0, 500).Select(number => $"text/{number:D3}")];

        foreach (string text in texts.Concat(texts))
        {
            Assert.Equal(text, Read(text));
        }

        Assert.Same(Read("image/png"), Read("image/png"));

        string? Read(string text)
        {
            echo.Reset();
            return echo.Bind(1, text).Step() ? echo.SharedTextOrNull(0) : null;
        }
    }

    [Fact]
    public void What_may_copy_much_lets_the_garbage_collector_go_on()
    {
        string[] copying = ["BindText", "BindBlob"];
        foreach (string name in copying)
        {
            MethodInfo method = typeof(NativeSqlite).GetMethod(name, BindingFlags.Public | BindingFlags.Static)!;
            Assert.Null(method.GetCustomAttribute<SuppressGCTransitionAttribute>());
        }

        // The quick forms are out of reach but for who looks at the length.
        Assert.DoesNotContain(
            typeof(NativeSqlite).GetMethods(BindingFlags.Public | BindingFlags.Static),
            method => method.Name.Contains("Short", StringComparison.Ordinal));
    }
}
