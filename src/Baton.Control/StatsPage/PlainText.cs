// The statistics page for browsers without scripts, of terminals for instance: one table, which the browser loads again by itself when
// "stats refresh" says so.
using System.Net;
using System.Text;
using Baton.Configuration.Model;
using Baton.Control.Cli;

namespace Baton.Control.StatsPage;

internal static class PlainText
{
    private static readonly (string Title, string Column)[] s_columns =
    [
        ("Section", "pxname"),
        ("Server", "svname"),
        ("State", "status"),
        ("Weight", "weight"),
        ("Queue", "qcur"),
        ("Sessions", "scur"),
        ("Most", "smax"),
        ("Limit", "slim"),
        ("Rate", "rate"),
        ("Total", "stot"),
        ("Bytes in", "bin"),
        ("Bytes out", "bout"),
        ("Denied", "dreq"),
        ("Request errors", "ereq"),
        ("Connect errors", "econ"),
        ("Response errors", "eresp"),
        ("5xx", "hrsp_5xx"),
        ("Check", "check_status"),
    ];

    public static void Begin(StringBuilder a, StatsConfig page, GlobalConfig global)
    {
        string title = WebUtility.HtmlEncode(PageText.TitleOf(page, global));
        a.Append("<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>").Append(title).Append("</title>\n<h1>").Append(title);
        a.Append("</h1>\n<table border=\"1\">\n<tr>");
        foreach ((string name, _) in s_columns)
            a.Append("<th>").Append(name);
        a.Append('\n');
    }

    public static void Row(StringBuilder a, StatisticsRow row)
    {
        a.Append("<tr>");
        foreach ((_, string column) in s_columns)
            a.Append("<td>").Append(WebUtility.HtmlEncode(row.Values[StatisticsColumns.IndexOf(column)]));
        a.Append('\n');
    }
}
