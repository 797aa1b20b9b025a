using Coffer.Client;

namespace Coffer.ClientTests.Surface;

public sealed class PublicApiTests
{
    /// <summary>Run with UPDATE_PUBLIC_API=1 to write the list anew, and read what changed.</summary>
    [Fact]
    public void The_public_surface_is_the_one_that_is_written_down()
    {
        string path = Repository.PathOf("src", "Coffer.Client", "PublicApi.txt");
        string surface = PublicSurface.Of(typeof(CofferClient).Assembly);
        if (Environment.GetEnvironmentVariable("UPDATE_PUBLIC_API") == "1")
        {
            File.WriteAllText(path, surface);
        }

        Assert.Equal(File.ReadAllText(path), surface);
    }
}
