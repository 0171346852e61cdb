// The page itself: assets/page.html with the style and the script in their places. Nothing is loaded from anywhere else, and the
// browser is told so: it runs this script and this style, known by their hashes, and nothing that might find its way into the page.
using System;
using System.Buffers;
using System.IO;
using System.Net;
using System.Text;
using Baton.Configuration.Model;
using Baton.Control.Cli;
using Baton.Engine.Services;

namespace Baton.Control.StatsPage;

internal static class PageText
{
    private static readonly string s_page = Asset("page.html"),
        s_style = Asset("style.css"),
        s_script = Asset("script.js");

    /// <summary>Hashes of style and script, made when they were built in.</summary>
    private static readonly string[] s_hashes = Asset("hashes").Split('\n');

    private static readonly string s_policy =
        $"default-src 'none'; style-src 'sha256-{s_hashes[0]}'; script-src 'sha256-{s_hashes[1]}'; connect-src 'self'; img-src data:; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

    private static string Asset(string name)
    {
        using Stream resource = typeof(PageText).Assembly.GetManifestResourceStream($"stats-page/{name}")!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }

    public static void AddFields(ServiceFields fields)
    {
        fields.Add("content-security-policy", s_policy);
        fields.Add("referrer-policy", "same-origin");
    }

    /// <summary>Name of the node as far as it is shown, and what it is.</summary>
    public static string TitleOf(StatsConfig page, GlobalConfig global)
    {
        string node =
            page.Node is null ? ""
            : page.Node.Length > 0 ? page.Node
            : global.Node ?? Environment.MachineName;
        return node.Length > 0 ? $"Statistics of {node}" : "Statistics";
    }

    public static void Write(IBufferWriter<byte> into, StatsConfig page, GlobalConfig global, bool noRefresh)
    {
        string description =
            page.Description is null ? ""
            : page.Description.Length > 0 ? page.Description
            : global.Description ?? "";
        var text = new StringBuilder(s_page)
            .Replace("{{style}}", s_style)
            .Replace("{{uri}}", WebUtility.HtmlEncode(page.Uri))
            .Replace("{{title}}", WebUtility.HtmlEncode(TitleOf(page, global)))
            .Replace("{{description}}", WebUtility.HtmlEncode(description))
            .Replace("{{version}}", page.HideVersion ? "" : WebUtility.HtmlEncode(InformationCommands.Version))
            .Replace("{{refresh}}", noRefresh ? "-1" : page.RefreshSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .Replace("{{modules}}", page.ShowModules ? "1" : "")
            .Replace("{{script}}", s_script);
        Encoding.UTF8.GetBytes(text.ToString(), into);
    }
}
