using System.Reflection;
using Coffer.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Coffer.ClientTests.Surface;

public sealed class PublicApiTests
{
    public static TheoryData<string, Assembly> Packages() => new()
    {
        { "Coffer.Client", typeof(CofferClient).Assembly },
        { "Coffer.Client.DependencyInjection", typeof(CofferServiceCollectionExtensions).Assembly },
    };

    /// <summary>Run with UPDATE_PUBLIC_API=1 to write the lists anew, and read what changed.</summary>
    [Theory]
    [MemberData(nameof(Packages), DisableDiscoveryEnumeration = true)]
    public void The_public_surface_is_the_one_that_is_written_down(string project, Assembly assembly)
    {
        string path = Repository.PathOf("src", project, "PublicApi.txt");
        string surface = PublicSurface.Of(assembly);
        if (Environment.GetEnvironmentVariable("UPDATE_PUBLIC_API") == "1")
        {
            File.WriteAllText(path, surface);
        }

        Assert.Equal(File.ReadAllText(path), surface);
    }
}
