using Coffer.Client;

namespace Coffer.ClientTests.Storage;

/// <summary>Paths and options with the address of each, in a bucket <c>pics</c>: what the published JavaScript client makes of them too.</summary>
internal static class PublicUrls
{
    public static TheoryData<string, StorageLinkOptions?, string> All { get; } = new()
    {
        { "folder/a.png", null, "/object/public/pics/folder/a.png" },
        { "/a b/ü.png", null, "/object/public/pics/a%20b/%C3%BC.png" },
        { "it's (1)+&=@:;,$!*~.png", null, "/object/public/pics/it's%20(1)+&=@:;,$!*~.png" },
        { "100%.png", null, "/object/public/pics/100%25.png" },
        { "a.png", new() { Download = "" }, "/object/public/pics/a.png?download=" },
        { "a.png", new() { Download = "my file ü~(1).png" }, "/object/public/pics/a.png?download=my+file+%C3%BC%7E%281%29.png" },
        { "a.png", new() { Transform = new() }, "/object/public/pics/a.png" },
        { "a.png", new() { CacheNonce = "v 2" }, "/object/public/pics/a.png?cacheNonce=v+2" },
        {
            "a.png",
            new() { CacheNonce = "n", Download = "x", Transform = new() { Quality = 50, Format = "origin", Resize = "contain", Height = 2, Width = 1 } },
            "/render/image/public/pics/a.png?download=x&width=1&height=2&resize=contain&format=origin&quality=50&cacheNonce=n"
        },
    };
}
