extension Chinese {
  /// Notes and warnings of tables: how text files and sheets of a workbook were read.
  static let findingsOfSheets: [String: String] = [
    // CSVReader, TableReading, ColumnBindings, DataCatalogue: text files
    "{} has a header and no rows": "{} 只有表头，没有数据行",
    "{} was read with a decimal comma, and could be grouped": "{} 按小数逗号读取，也可能是千位分隔",
    "export numbers without grouping": "导出数值时不要用千位分隔",
    "column {} has no name and is left out": "第 {} 列没有名称，已略去",
    "give it a name if you need it": "如需使用，请为该列命名",
    "the plan names this file at {}": "计划在 {} 处引用此文件",
    // SheetStatement: how a sheet was read
    "sheet {} is read as a table of {} row in {}": "工作表 {1} 的 {3} 读作 {2} 行的表",
    "sheet {} is read as a table of {} rows in {}": "工作表 {1} 的 {3} 读作 {2} 行的表",
    "the text is read as a table of {} row in {}": "文本的 {2} 读作 {1} 行的表",
    "the text is read as a table of {} rows in {}": "文本的 {2} 读作 {1} 行的表",
    "it is the first visible sheet; for another write `{}#NAME` (there is {})":
      "这是第一个可见的工作表；要读另一个，请写 `{}#NAME`（另有 {}）",
    "row {} above the header: titles": "表头上方第 {} 行：标题",
    "rows {} to {} above the header: titles": "表头上方第 {} 至 {} 行：标题",
    "rows {} above the header: titles": "表头上方第 {} 行：标题",
    "the header is rows {} to {}": "表头为第 {} 至 {} 行",
    // SheetStatement: periods in columns, units
    "column {} are days, {} to {}: each cell is a row with its period in {} and its figure in {}":
      "第 {} 列为各日（{} 至 {}）：每个单元格成为一行，期间记入 {}，数值记入 {}",
    "columns {} to {} are days, {} to {}: each cell is a row with its period in {} and its figure in {}":
      "第 {} 至 {} 列为各日（{} 至 {}）：每个单元格成为一行，期间记入 {}，数值记入 {}",
    "column {} are weeks, {} to {}: each cell is a row with its period in {} and its figure in {}":
      "第 {} 列为各周（{} 至 {}）：每个单元格成为一行，期间记入 {}，数值记入 {}",
    "columns {} to {} are weeks, {} to {}: each cell is a row with its period in {} and its figure in {}":
      "第 {} 至 {} 列为各周（{} 至 {}）：每个单元格成为一行，期间记入 {}，数值记入 {}",
    "column {} are months, {} to {}: each cell is a row with its period in {} and its figure in {}":
      "第 {} 列为各月（{} 至 {}）：每个单元格成为一行，期间记入 {}，数值记入 {}",
    "columns {} to {} are months, {} to {}: each cell is a row with its period in {} and its figure in {}":
      "第 {} 至 {} 列为各月（{} 至 {}）：每个单元格成为一行，期间记入 {}，数值记入 {}",
    "column {} are quarters, {} to {}: each cell is a row with its period in {} and its figure in {}":
      "第 {} 列为各季度（{} 至 {}）：每个单元格成为一行，期间记入 {}，数值记入 {}",
    "columns {} to {} are quarters, {} to {}: each cell is a row with its period in {} and its figure in {}":
      "第 {} 至 {} 列为各季度（{} 至 {}）：每个单元格成为一行，期间记入 {}，数值记入 {}",
    "column {} are years, {} to {}: each cell is a row with its period in {} and its figure in {}":
      "第 {} 列为各年（{} 至 {}）：每个单元格成为一行，期间记入 {}，数值记入 {}",
    "columns {} to {} are years, {} to {}: each cell is a row with its period in {} and its figure in {}":
      "第 {} 至 {} 列为各年（{} 至 {}）：每个单元格成为一行，期间记入 {}，数值记入 {}",
    "the year {} is that of the corner of the header": "年份 {} 取自表头左上角",
    "the year {} is that of the name of the sheet": "年份 {} 取自工作表名称",
    "the year {} is that of the name of the file": "年份 {} 取自文件名",
    "the year {} is that of {}": "年份 {} 取自 {}",
    "the year is that of column {}": "年份取自 {} 列",
    "{} empty cell of them are unknown: no row": "其中 {} 个空单元格视为未知，不成行",
    "{} empty cells of them are unknown: no row": "其中 {} 个空单元格视为未知，不成行",
    "unit {} in the corner of the header: {} multiplied by {}": "表头左上角的单位 {}：{} 乘以 {}",
    "unit {} in the name of the sheet: {} multiplied by {}": "工作表名称中的单位 {}：{} 乘以 {}",
    "unit {} in {}: {} multiplied by {}": "{2} 中的单位 {1}：{3} 乘以 {4}",
    // SheetStatement: what was left out
    "left out: sums in row {} ({}); they agree with their parts": "略去第 {} 行的合计（{}），与各部分相符",
    "left out: sums in rows {} to {} ({}); they agree with their parts": "略去第 {} 至 {} 行的合计（{}），与各部分相符",
    "left out: sums in rows {} ({}); they agree with their parts": "略去第 {} 行的合计（{}），与各部分相符",
    "left out: sums in row {} ({}); {} of them differ from their parts": "略去第 {} 行的合计（{}），其中 {} 个与各部分不符",
    "left out: sums in rows {} to {} ({}); {} of them differ from their parts": "略去第 {} 至 {} 行的合计（{}），其中 {} 个与各部分不符",
    "left out: sums in rows {} ({}); {} of them differ from their parts": "略去第 {} 行的合计（{}），其中 {} 个与各部分不符",
    "left out: column {} ({}); not checked": "略去第 {} 列（{}），未核对",
    "left out: column {} ({}); it agrees with its parts": "略去第 {} 列（{}），与各部分相符",
    "left out: column {} ({}); it differs from its parts in {} row": "略去第 {} 列（{}），有 {} 行与各部分不符",
    "left out: column {} ({}); it differs from its parts in {} rows": "略去第 {} 列（{}），有 {} 行与各部分不符",
    "left out: column {}, worked out from others": "略去第 {} 列，由其他列算得",
    "left out: row {}, worked out from others": "略去第 {} 行，由其他行算得",
    "left out: rows {} to {}, worked out from others": "略去第 {} 至 {} 行，由其他行算得",
    "left out: rows {}, worked out from others": "略去第 {} 行，由其他行算得",
    "left out: the header again in row {}": "略去第 {} 行的重复表头",
    "left out: the header again in rows {} to {}": "略去第 {} 至 {} 行的重复表头",
    "left out: the header again in rows {}": "略去第 {} 行的重复表头",
    "left out: {} blank row": "略去 {} 个空行",
    "left out: {} blank rows": "略去 {} 个空行",
    "left out: row {} below the table, notes": "略去表下方第 {} 行的备注",
    "left out: rows {} to {} below the table, notes": "略去表下方第 {} 至 {} 行的备注",
    "left out: rows {} below the table, notes": "略去表下方第 {} 行的备注",
    // SheetStatement: cells that were read in another way
    "merged cells of column {} hold for all their rows": "第 {} 列的合并单元格适用于其所有行",
    "{} number stored as text, first {}: read as a number": "{} 个数字以文本保存，首个在 {}：按数字读取",
    "{} numbers stored as text, first {}: read as a number": "{} 个数字以文本保存，首个在 {}：按数字读取",
    "{} number with thousands separators, first {}: read without them": "{} 个数字带千位分隔符，首个在 {}：读取时去掉",
    "{} numbers with thousands separators, first {}: read without them": "{} 个数字带千位分隔符，首个在 {}：读取时去掉",
    "{} percentage, first {}: 15 % is 15 in columns of percentages and 0.15 elsewhere":
      "{} 个百分数，首个在 {}：15% 在百分比列读作 15，在其他列读作 0.15",
    "{} percentages, first {}: 15 % is 15 in columns of percentages and 0.15 elsewhere":
      "{} 个百分数，首个在 {}：15% 在百分比列读作 15，在其他列读作 0.15",
    "{} period in another writing, first {}: read as 2025-01": "{} 个期间写法不同，首个在 {}：按 2025-01 的写法读取",
    "{} periods in another writing, first {}: read as 2025-01": "{} 个期间写法不同，首个在 {}：按 2025-01 的写法读取",
    "{} amount with more than four decimals, first {}: rounded to four": "{} 个金额超过四位小数，首个在 {}：舍入到四位",
    "{} amounts with more than four decimals, first {}: rounded to four": "{} 个金额超过四位小数，首个在 {}：舍入到四位",
    // SheetReading, SheetLayout: what does not add up
    "{} says {}, and its parts add up to {}": "{} 写的是 {}，而各部分合计为 {}",
    "the parts are read, the sum is not; look for a row or a figure that is missing or there twice":
      "读取的是各部分而非合计；请检查是否有缺失或重复的行或数字",
    "also in row {}": "第 {} 行也是如此",
    "also in rows {} to {}": "第 {} 至 {} 行也是如此",
    "also in rows {}": "第 {} 行也是如此",
    "also in {}": "{} 也是如此",
    "the unit {} in the corner of the header is not applied: several columns hold numbers": "表头左上角的单位 {} 未采用：有多个数值列",
    "the unit {} in the name of the sheet is not applied: several columns hold numbers": "工作表名称中的单位 {} 未采用：有多个数值列",
    "the unit {} in {} is not applied: several columns hold numbers": "{2} 中的单位 {1} 未采用：有多个数值列",
    "write the unit into the headers of its columns: `sell_out_qty ({})`": "请把单位写入相应列的表头：`sell_out_qty ({})`",
  ]
}
