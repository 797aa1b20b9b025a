using System.IO.Compression;
using Coffer.ClientTests.Serving;

namespace Coffer.ClientTests.Surface;

/// <summary>The packages as others get them: packed, restored from a folder, built against, trimmed.</summary>
public sealed class PackageTests
{
    [Fact]
    public async Task The_packages_restore_build_the_samples_and_run_trimmed()
    {
        string version = $"0.0.0-test.{Guid.NewGuid():N}"; // never met before, so no cache can answer for it
        try
        {
            await PackAndUseAsync(version);
        }
        finally
        {
            Forget(version);
        }
    }

    private static async Task PackAndUseAsync(string version)
    {
        using var folder = new TemporaryFolder();
        await using ScriptedServer server = await ScriptedServer.StartAsync(http => http.Request.Path.StartsWithSegments("/storage/v1", StringComparison.Ordinal)
            ? Answers.Files()(http)
            : Answers.Store("trimmed"u8.ToArray())(http));

        string client = await PackAsync(folder.Path, "Coffer.Client", version);
        Assert.DoesNotContain("<dependency ", client, StringComparison.Ordinal);
        string injection = await PackAsync(folder.Path, "Coffer.Client.DependencyInjection", version);
        Assert.Contains($"<dependency id=\"Coffer.Client\" version=\"{version}\"", injection, StringComparison.Ordinal);
        Assert.Contains("<dependency id=\"Microsoft.Extensions.Http\" version=\"10.", injection, StringComparison.Ordinal); // or later
        Assert.Equal(2, injection.Split("<dependency ").Length - 1);

        folder.Write("app/app.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <InvariantGlobalization>true</InvariantGlobalization>
                <RestoreAdditionalProjectSources>{Path.Combine(folder.Path, "feed")}</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Coffer.Client.DependencyInjection" Version="{version}" />
                <Compile Include="{Repository.PathOf("samples", "Coffer.Samples")}/*.cs" LinkBase="Samples" />
              </ItemGroup>
            </Project>
            """);
        folder.Write("app/Program.cs", """
            using Coffer.Client;
            using Coffer.Samples;
            using Microsoft.Extensions.DependencyInjection;

            var services = new ServiceCollection();
            services.AddCoffer(options => (options.BaseUrl, options.BearerToken) = (new Uri(args[0]), "key"));
            using ServiceProvider provider = services.BuildServiceProvider();
            var client = provider.GetRequiredService<CofferClient>();
            var storage = provider.GetRequiredService<StorageClient>();
            await storage.CreateBucketAsync("b", settings: new() { FileSizeLimit = "5MB" });
            await storage.From("b").UploadTextAsync("a", "text", new() { Metadata = new() { ["n"] = 1 } });
            await Guide.UploadText(client);
            await Guide.Retrieve(client, "obj_1");
            await Guide.List(client);
            Console.WriteLine(await client.StorageObjects.FromId("obj_1").DownloadAsTextAsync());
            Console.WriteLine(client.StorageObjects.FromId("obj_1").DownloadAsText());
            """);
        string app = Path.Combine(folder.Path, "app");

        string built = await Dotnet.RunAsync(app, "run", "--", server.Url.AbsoluteUri);
        Assert.EndsWith("trimmed\ntrimmed\n", built, StringComparison.Ordinal);

        // Trimming needs packs beside the SDK's own; where they cannot be had, the analyzers of the build stand for it.
        string output = Path.Combine(folder.Path, "trimmed");
        (int exitCode, string log) = await Dotnet.TryAsync(
            app, "dotnet", "publish", "-o", output, "--use-current-runtime", "--self-contained", "-p:PublishTrimmed=true", "-p:TrimMode=full");
        if (log.Contains("NU1101", StringComparison.Ordinal) || log.Contains("NU1102", StringComparison.Ordinal))
        {
            Assert.Skip("The runtime pack that trimming needs cannot be restored here; building and running the package passed.");
        }

        Assert.True(exitCode == 0, log);
        (exitCode, log) = await Dotnet.TryAsync(app, Path.Combine(output, "app"), server.Url.AbsoluteUri);
        Assert.True(exitCode == 0, log);
        Assert.EndsWith("trimmed\ntrimmed\n", log, StringComparison.Ordinal);
    }

    /// <returns>The package's specification.</returns>
    private static async Task<string> PackAsync(string folder, string project, string version)
    {
        string feed = Path.Combine(folder, "feed");
        await Dotnet.RunAsync(
            folder, "pack", Repository.PathOf("src", project), "-o", feed, $"-p:Version={version}",
            $"-p:ArtifactsPath={Path.Combine(folder, "pack")}");
        using ZipArchive content = await ZipFile.OpenReadAsync(Path.Combine(feed, $"{project}.{version}.nupkg"));
        Assert.Contains($"lib/net10.0/{project}.xml", content.Entries.Select(entry => entry.FullName));
        using var specification = new StreamReader(await content.GetEntry($"{project}.nuspec")!.OpenAsync());
        return await specification.ReadToEndAsync();
    }

    // The cache keeps what it restored; this version is of no use to anyone again.
    private static void Forget(string version)
    {
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (string package in (string[])["coffer.client", "coffer.client.dependencyinjection"])
        {
            string restored = Path.Combine(cache, package, version);
            if (Directory.Exists(restored))
            {
                Directory.Delete(restored, recursive: true);
            }
        }
    }
}
