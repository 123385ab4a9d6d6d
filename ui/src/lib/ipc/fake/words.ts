// What the shell works out for the quick line, by hand for the apparel form: each label and its pinyin.

import type { Choice, Label, Pack, QuickWord } from "../bindings";

/** Further words that people say, by code. */
const ALSO: Record<string, string[]> = { sport: ["体育", "tiyu", "ty"] };

const READINGS = `
青年 qing nian, 中青年 zhong qing nian, 中年 zhong nian, 年长 nian zhang, 少年 shao nian, 随行儿童 sui xing er tong,
不确定 bu que ding, 独自 du zi, 伴侣 ban lv, 朋友 peng you, 家人 jia ren, 带孩子 dai hai zi, 同事 tong shi, 团体 tuan ti,
自己 zi ji, 孩子 hai zi, 父母 fu mu, 送礼 song li, 公司 gong si, 休闲 xiu xian, 通勤 tong qin, 运动 yun dong,
正装 zheng zhuang, 街头 jie tou, 简约 jian yue, 户外 hu wai, 复古 fu gu, 国风 guo feng, 节庆 jie qing, 深色 shen se,
白 bai, 灰 hui, 米驼 mi tuo, 蓝 lan, 红粉橙黄 hong fen cheng huang, 绿 lv, 花色 hua se, T恤 t xu, 牛仔裤 niu zai ku,
长裤 chang ku, 衬衫 chen shan, 夹克 jia ke, 针织 zhen zhi, 卫衣 wei yi, 连衣裙 lian yi qun, 大衣羽绒 da yi yu rong,
半裙 ban qun, 西装 xi zhuang, 短裤 duan ku, 运动套装 yun dong tao zhuang, 工装 gong zhuang, 运动鞋 yun dong xie,
皮鞋 pi xie, 靴 xue, 高跟 gao gen, 凉鞋 liang xie, 手袋 shou dai, 双肩包 shuang jian bao, 眼镜 yan jing,
手表 shou biao, 帽子 mao zi, 他店购物袋 ta dian gou wu dai, 耳机 er ji, 首饰 shou shi, 雨伞 yu san, 围巾 wei jin,
婴儿车 ying er che, 行李箱 xing li xiang, 宠物 chong wu, 门口 men kou, 新品台 xin pin tai, 女装 nv zhuang,
男装 nan zhuang, 鞋区 xie qu, 包袋 bao dai, 试衣间 shi yi jian, 收银台 shou yin tai, 折扣区 zhe kou qu, 配饰 pei shi,
主推墙 zhu tui qiang, 童装 tong zhuang, 休息区 xiu xi qu, 外套 wai tao, 裙装 qun zhuang, 裤装 ku zhuang, 鞋履 xie lv,
新品 xin pin, 试穿 shi chuan, 触摸 chu mo, 问价 wen jia, 比较 bi jiao, 问库存 wen ku cun, 询问 xun wen, 看 kan,
停留 ting liu, 拿起比对 na qi bi dui, 拍商品 pai shang pin, 扫码 sao ma, 路过 lu guo, 随便看 sui bian kan,
有兴趣 you xing qu, 需求明确 xu qiu ming que, 准备购买 zhun bei gou mai, 老客回访 lao ke hui fang, 橱窗 chu chuang,
朋友推荐 peng you tui jian, 商场活动 shang chang huo dong, 地图点评 di tu dian ping, 小红书 xiao hong shu,
短视频 duan shi pin, 微信社群 wei xin she qun, 网店同款 wang dian tong kuan, 导购邀约 dao gou yao yue,
短信电话 duan xin dian hua, 成交 cheng jiao, 未购离店 wei gou li dian, 稍后再来 shao hou zai lai,
连带购买 lian dai gou mai, 订金预订 ding jin yu ding, 取货 qu huo, 退换 tui huan, 售后维修 shou hou wei xiu,
问路等人 wen lu deng ren, 只是逛逛 zhi shi guang guang, 价格 jia ge, 无尺码 wu chi ma, 款式不合 kuan shi bu he,
再比较 zai bi jiao, 版型不合 ban xing bu he, 缺货 que huo, 与家人商量 yu jia ren shang liang, 无颜色 wu yan se,
赶时间 gan shi jian, 等待太久 deng dai tai jiu, 面料 mian liao, 等活动 deng huo dong, 未及时接待 wei ji shi jie dai,
支付系统 zhi fu xi tong, 未说明 wei shuo ming
`;

const PINYIN = new Map(
  READINGS.split(",").map((entry) => {
    const [label = "", ...syllables] = entry.trim().split(" ");
    return [label, syllables];
  }),
);

export function quickWords(pack: Pack): QuickWord[] {
  const choices = pack.groups.flatMap((group) =>
    group.choices.map((choice) => quickWord("choice", group.key, choice)),
  );
  const outcomes = pack.outcomes.map((outcome) => quickWord("outcome", "", outcome));
  const reasons = pack.reasons.map((reason) => quickWord("reason", "", reason));
  return [...choices, ...outcomes, ...reasons];
}

function quickWord(
  kind: QuickWord["kind"],
  group: string,
  { code, label }: Pick<Choice, "code" | "label">,
): QuickWord {
  const words = [...wordsOf(label), code, ...(ALSO[code] ?? [])].map((word) => word.toLowerCase());
  return { kind, group, code, label, words: [...new Set(words)] };
}

function wordsOf({ zh, en }: Label): string[] {
  const syllables = PINYIN.get(zh) ?? [];
  const initials = syllables.map((syllable) => syllable.charAt(0)).join("");
  return [zh, en, ...(initials === "" ? [] : [syllables.join(""), initials])];
}
