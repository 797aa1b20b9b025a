using Coffer.Policies;
using static Coffer.ConformanceTests.Policies.PolicyCall;

namespace Coffer.ConformanceTests.Policies;

/// <summary>What people write policies for. The page docs/policies.md has each of these rules.</summary>
public static class Cases
{
    private const PolicyVerbs All = PolicyVerbs.Select | PolicyVerbs.Insert | PolicyVerbs.Update | PolicyVerbs.Delete;

    public static IReadOnlyList<PolicyCase> List { get; } =
    [
        new(
            "public read",
            """[{"name":"public read","operations":["select"],"bucket":"avatars"}]""",
            [Download("a.png") with { Role = "anon", Subject = null }, Download("b/c.png")],
            [Upload("a.png"), Delete("a.png"), Download("a.png") with { Bucket = "private" }]),
        new(
            "signed-in upload",
            """[{"name":"upload","operations":["insert"],"roles":["authenticated"],"bucket":"avatars"}]""",
            [Upload("a.png"), Upload("b/c.png")],
            [Upload("a.png") with { Role = "anon", Subject = null }, Download("a.png"), Upsert("a.png"), Upload("a.png") with { Bucket = "private" }]),
        new(
            "own folder",
            """
            [{"name":"own folder","operations":["select","insert","update","delete"],"roles":["authenticated"],"bucket":"avatars",
              "when":{"folder":1,"eq":"$uid"}}]
            """,
            [Upload("u1/a.png"), Upsert("u1/b/c.png"), Download("u1/a.png"), Delete("u1/a.png"), Move("u1/a.png", "u1/b.png")],
            [Upload("u2/a.png"), Upload("a.png"), Download("u2/a.png"), Upload("u1/a.png") with { Subject = null }, Move("u1/a.png", "u2/a.png")]),
        new(
            "own objects",
            """
            [{"name":"own objects","operations":["select","update","delete"],"roles":["authenticated"],"bucket":"avatars",
              "when":{"owner_id":{"eq":"$uid"}}}]
            """,
            [Download("a.png") with { Owner = "u1" }, Delete("a.png") with { Owner = "u1" }],
            [Download("a.png") with { Owner = "u2" }, Download("a.png"), Upload("b.png")]),
        new(
            "fixed folders",
            """
            [{"name":"private folder","operations":["select","insert"],"roles":["authenticated"],"bucket":"avatars",
              "when":{"folder":1,"eq":"private"}},
             {"name":"second folder","operations":["select","insert"],"roles":["authenticated"],"bucket":"avatars",
              "when":{"all":[{"folder":1,"eq":"users"},{"folder":2,"eq":"$uid"}]}}]
            """,
            [Upload("private/a.png"), Download("users/u1/a.png")],
            [Upload("public/a.png"), Upload("private"), Download("users/u2/a.png"), Download("private/a.png") with { Role = "anon" }]),
        new(
            "names and endings",
            """
            [{"name":"pictures","operations":["insert"],"bucket":"avatars","when":{"extension":{"in":["png","jpg"]}}},
             {"name":"icon","operations":["select"],"bucket":"avatars","when":{"filename":{"eq":"favicon.ico"}}},
             {"name":"thumbnails","operations":["select"],"bucket":"avatars","when":{"name":{"glob":"*/thumbs/**"}}}]
            """,
            [Upload("a.png"), Upload("b/c.d.jpg"), Download("b/favicon.ico"), Download("x/thumbs/a/b.png")],
            [Upload("a.gif"), Upload("png.txt"), Download("favicon.icon"), Download("x/y/thumbs/a.png")]),
        new(
            "claims",
            """
            [{"name":"admins","operations":["select","delete"],"roles":["authenticated"],"bucket":"avatars",
              "when":{"all":[{"jwt.app_metadata.role":{"eq":"admin"}},{"jwt.aal":{"eq":"aal2"}},{"jwt.email":{"glob":"*@example.com"}}]}}]
            """,
            [Delete("a.png") with { Claims = """{"app_metadata":{"role":"admin"},"aal":"aal2","email":"a@example.com"}""" }],
            [
                Delete("a.png") with { Claims = """{"app_metadata":{"role":"user"},"aal":"aal2","email":"a@example.com"}""" },
                Delete("a.png") with { Claims = """{"app_metadata":{"role":"admin"},"email":"a@example.com"}""" },
                Delete("a.png"),
            ]),
        new(
            "a named user",
            """
            [{"name":"one file","operations":["select","update"],"bucket":"avatars",
              "when":{"all":[{"uid":{"eq":"u1"}},{"any":[{"name":{"eq":"admin/list.txt"}},{"foldername":{"eq":"reports/2031"}}]}]}}]
            """,
            [Download("admin/list.txt"), Move("reports/2031/a.txt", "reports/2031/b.txt")],
            [Download("admin/other.txt"), Download("admin/list.txt") with { Subject = "u2" }, Download("reports/2031/05/a.txt")]),
        new(
            "everyone everything",
            """[{"preset":"open","bucket":"avatars"}]""",
            [new("object.upload", All, "a.png"), Delete("b.png") with { Role = "anon", Subject = null }],
            [new("object.upload", All, "a.png") { Bucket = "private" }]),
        new(
            "what may be uploaded",
            """
            [{"name":"small pictures","operations":["insert"],"roles":["authenticated"],"bucket":"avatars",
              "when":{"all":[{"metadata.mimetype":{"glob":"image/*"}},{"metadata.contentLength":{"lt":1000}},{"user_metadata.album":{"exists":true}}]}}]
            """,
            [Upload("a.png") with { MediaType = "image/png", SizeBytes = 999, Metadata = """{"album":"1"}""" }],
            [
                Upload("a.png") with { MediaType = "image/png", SizeBytes = 1000, Metadata = """{"album":"1"}""" },
                Upload("a.png") with { MediaType = "text/html", SizeBytes = 999, Metadata = """{"album":"1"}""" },
                Upload("a.png") with { MediaType = "image/png", SizeBytes = 999 },
                Upload("a.png") with { MediaType = "image/png", Metadata = """{"album":"1"}""" },
            ]),
        new(
            "one operation",
            """
            [{"name":"get, not list","operations":["select"],"bucket":"avatars","when":{"operation":{"eq":"storage.object.get_authenticated"}}}]
            """,
            [Download("a.png")],
            [new("object.list", PolicyVerbs.Select, "a.png"), new("object.sign", PolicyVerbs.Select, "a.png")]),
        new(
            "groups, by a claim in the place of a join",
            """
            [{"name":"groups","operations":["select"],"roles":["authenticated"],"bucket":"avatars",
              "when":{"folder":1,"in":"$jwt.app_metadata.groups"}}]
            """,
            [Download("red/a.png") with { Claims = """{"app_metadata":{"groups":["red","blue"]}}""" }],
            [Download("green/a.png") with { Claims = """{"app_metadata":{"groups":["red","blue"]}}""" }, Download("red/a.png")]),
        new(
            "a restricting rule",
            """
            [{"name":"open","operations":["select","insert"],"bucket":"avatars"},
             {"name":"no drafts","effect":"restrict","operations":["select"],"bucket":"*","when":{"not":{"folder":1,"eq":"drafts"}}},
             {"name":"second factor","effect":"restrict","operations":["insert"],"bucket":"*","when":{"jwt.aal":{"eq":"aal2"}}}]
            """,
            [Download("public/a.png"), Upload("a.png") with { Claims = """{"aal":"aal2"}""" }],
            [Download("drafts/a.png"), Download("a.png"), Upload("a.png")]),
    ];
}
