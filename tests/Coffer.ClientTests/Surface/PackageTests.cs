using System.IO.Compression;
using Coffer.ClientTests.Serving;

namespace Coffer.ClientTests.Surface;

/// <summary>The package as others get it: packed, restored from a folder, built against, trimmed.</summary>
public sealed class PackageTests
{
    [Fact]
    public async Task The_package_restores_builds_the_samples_and_runs_trimmed()
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
        await using ScriptedServer server = await ScriptedServer.StartAsync(Answers.Store("trimmed"u8.ToArray()));

        await Dotnet.RunAsync(
            folder.Path, "pack", Repository.PathOf("src", "Coffer.Client"), "-o", Path.Combine(folder.Path, "feed"), $"-p:Version={version}",
            $"-p:ArtifactsPath={Path.Combine(folder.Path, "pack")}");
        string package = Assert.Single(Directory.GetFiles(Path.Combine(folder.Path, "feed"), "*.nupkg"));
        using (ZipArchive content = await ZipFile.OpenReadAsync(package))
        {
            Assert.Contains("lib/net10.0/Coffer.Client.xml", content.Entries.Select(entry => entry.FullName));
            using var nuspec = new StreamReader(await content.GetEntry("Coffer.Client.nuspec")!.OpenAsync());
            Assert.DoesNotContain("<dependency ", await nuspec.ReadToEndAsync(), StringComparison.Ordinal);
        }

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
                <PackageReference Include="Coffer.Client" Version="{version}" />
                <Compile Include="{Repository.PathOf("samples", "Coffer.Samples")}/*.cs" LinkBase="Samples" />
              </ItemGroup>
            </Project>
            """);
        folder.Write("app/Program.cs", """
            using Coffer.Client;
            using Coffer.Samples;

            using var client = new CofferClient(new Uri(args[0]), "key");
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

    // The cache keeps what it restored; this version is of no use to anyone again.
    private static void Forget(string version)
    {
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string restored = Path.Combine(cache, "coffer.client", version);
        if (Directory.Exists(restored))
        {
            Directory.Delete(restored, recursive: true);
        }
    }
}
